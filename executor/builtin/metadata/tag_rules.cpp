#include "executor/builtin/metadata/tag_rules.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "executor/builtin/javascript_number.hpp"
#include "executor/builtin/metadata/attributes.hpp"

namespace crun::executor::builtin {

namespace {

using Type = TagRule::Type;

struct TypeFacts {
  std::string_view name;
  std::string_view priority;
};

constexpr std::array<TypeFacts, 8> types = {{
    {"schedule", "1000"},
    {"semver", "900"},
    {"pep440", "900"},
    {"match", "800"},
    {"edge", "700"},
    {"ref", "600"},
    {"raw", "200"},
    {"sha", "100"},
}};

const TypeFacts& facts(Type type) {
  return types[static_cast<std::size_t>(type)];
}

Type type_of(const std::string& name) {
  const auto found = std::ranges::find(types, name, &TypeFacts::name);
  if (found == types.end()) throw Failed(fmt::format("Unknown tag type attribute: {}", name));
  return static_cast<Type>(found - types.begin());
}

void set(TagRule& rule, const std::string& name, std::string value) {
  for (auto& [key, old] : rule.attributes) {
    if (key == name) {
      old = std::move(value);
      return;
    }
  }
  rule.attributes.emplace_back(name, std::move(value));
}

void set_default(TagRule& rule, const std::string& name, std::string_view value) {
  if (!rule.find(name)) rule.attributes.emplace_back(name, value);
}

void require(const TagRule& rule, std::string_view name, const std::string& line) {
  if (!rule.find(name)) throw Failed(fmt::format("Missing {} attribute for {}", name, line));
}

/// What each type needs and assumes.
void complete(TagRule& rule, const std::string& line, const MetadataFeatures& features) {
  switch (rule.type) {
    case Type::schedule:
      set_default(rule, "pattern", "nightly");
      break;
    case Type::semver:
    case Type::pep440:
      require(rule, "pattern", line);
      set_default(rule, "value", "");
      if (features.match_in_versions) set_default(rule, "match", "");
      break;
    case Type::match:
      require(rule, "pattern", line);
      set_default(rule, "group", "0");
      if (std::isnan(number_of(rule.get("group")))) {
        throw Failed(fmt::format("Invalid match group for {}", line));
      }
      set_default(rule, "value", "");
      break;
    case Type::edge:
      set_default(rule, "branch", "");
      break;
    case Type::ref: {
      require(rule, "event", line);
      const std::string& event = rule.get("event");
      if (event != "branch" && event != "tag" && event != "pr") {
        throw Failed(fmt::format("Invalid event for {}", line));
      }
      if (event == "pr") set_default(rule, "prefix", "pr-");
      break;
    }
    case Type::raw:
      require(rule, "value", line);
      break;
    case Type::sha:
      set_default(rule, "prefix", "sha-");
      set_default(rule, "format", "short");
      if (rule.get("format") != "short" && rule.get("format") != "long") {
        throw Failed(fmt::format("Invalid format for {}", line));
      }
      break;
  }
  set_default(rule, "enable", "true");
  set_default(rule, "priority", facts(rule.type).priority);
}

/// By insertion, as JavaScript sorts short lists: a priority that is no number stays where it is.
void sort_by_priority(std::vector<TagRule>& rules) {
  const auto priority = [](const TagRule& rule) { return number_of(rule.get("priority")); };
  for (std::size_t i = 1; i < rules.size(); ++i) {
    for (std::size_t at = i; at > 0 && priority(rules[at - 1]) < priority(rules[at]); --at) {
      std::swap(rules[at - 1], rules[at]);
    }
  }
}

}  // namespace

const std::string* TagRule::find(std::string_view name) const {
  for (const auto& [key, value] : attributes) {
    if (key == name) return &value;
  }
  return nullptr;
}

const std::string& TagRule::get(std::string_view name) const {
  static const std::string nothing;
  const std::string* value = find(name);
  return value ? *value : nothing;
}

std::string TagRule::text() const {
  std::string result = fmt::format("type={}", facts(type).name);
  for (const auto& [key, value] : attributes) result += fmt::format(",{}={}", key, value);
  return result;
}

TagRule parse_tag_rule(const std::string& line, const MetadataFeatures& features) {
  TagRule rule;
  const Equals equals = features.values_with_equals ? Equals::first_splits : Equals::all_split;
  for (const std::string& field : parse_attributes(line)) {
    auto [key, value] = split_attribute(field, equals);
    if (key && *key == "type") {
      rule.type = type_of(value);
    } else {
      set(rule, key.value_or("value"), std::move(value));
    }
  }
  complete(rule, line, features);
  return rule;
}

std::vector<TagRule> parse_tag_rules(
    const std::vector<std::string>& lines, const MetadataFeatures& features) {
  static const std::vector<std::string> defaults = {
      "type=schedule", "type=ref,event=branch", "type=ref,event=tag", "type=ref,event=pr"};
  std::vector<TagRule> rules;
  for (const std::string& line : lines.empty() ? defaults : lines) {
    rules.push_back(parse_tag_rule(line, features));
  }
  sort_by_priority(rules);
  return rules;
}

}  // namespace crun::executor::builtin
