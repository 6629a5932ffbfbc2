#include "executor/builtin/paths_filter/filters.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "executor/builtin/action_runtime.hpp"
#include "executor/builtin/javascript_number.hpp"
#include "executor/builtin/javascript_object.hpp"
#include "executor/builtin/javascript_text.hpp"
#include "executor/builtin/paths_filter/filter_yaml.hpp"

namespace crun::executor::builtin {

namespace {

using workflow::Node;
using Kind = Node::Kind;

[[noreturn]] void fail_format(const std::string& message) {
  throw Failed(fmt::format("Invalid filter YAML format: {}.", message));
}

[[noreturn]] void fail_null() {
  throw Failed("Cannot convert undefined or null to object");
}

std::string_view javascript_type(const Node& node) {
  switch (node.kind) {
    case Kind::boolean:
      return "boolean";
    case Kind::number:
      return "number";
    case Kind::string:
      return "string";
    default:
      return "object";
  }
}

std::string javascript_text(const Node& node) {
  switch (node.kind) {
    case Kind::null:
      return "null";
    case Kind::boolean:
      return node.boolean ? "true" : "false";
    case Kind::number:
      return number_text(node.number);
    case Kind::string:
      return node.text;
    default:
      return "[object Object]";
  }
}

/// Keys and values in JavaScript's order; a list has its indices for keys.
std::vector<std::pair<std::string, const Node*>> properties(const Node& node) {
  std::vector<std::pair<std::string, const Node*>> result;
  for (const auto& [key, value] : node.entries) {
    result.emplace_back(javascript_text(*key), value.get());
  }
  for (const auto& item : node.items) {
    result.emplace_back(fmt::format("{}", result.size()), item.get());
  }
  order_properties(result);
  return result;
}

Glob make_glob(const Node& pattern) {
  try {
    return Glob(pattern.kind == Kind::string ? pattern.text : std::string());
  } catch (const GlobError& error) {
    throw Failed(error.what());
  }
}

void add_globs(const Node& pattern, std::vector<Glob>& globs) {
  if (pattern.kind != Kind::sequence) {
    globs.push_back(make_glob(pattern));
    return;
  }
  for (const auto& item : pattern.items) add_globs(*item, globs);
}

/// `added|modified` -> added, modified.
std::vector<std::string> parse_statuses(std::string_view text) {
  std::vector<std::string> statuses;
  for (std::size_t from = 0; from <= text.size();) {
    const std::size_t end = std::min(text.find('|', from), text.size());
    std::string status(trim_javascript(text.substr(from, end - from)));
    for (char& c : status) {
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    if (!status.empty()) statuses.push_back(std::move(status));
    from = end + 1;
  }
  return statuses;
}

/// A pattern, a list of items (an alias brings a list into a list), or patterns by kind of change.
void add_rules(const Node& item, std::vector<FilterRule>& rules) {
  switch (item.kind) {
    case Kind::sequence:
      for (const auto& nested : item.items) add_rules(*nested, rules);
      return;
    case Kind::string: {
      FilterRule& rule = rules.emplace_back();
      rule.globs.push_back(make_glob(item));
      return;
    }
    case Kind::null:
      fail_null();
    case Kind::mapping:
      break;
    default:
      fail_format(fmt::format("Unexpected element type '{}'", javascript_type(item)));
  }
  for (const auto& [key, pattern] : properties(item)) {
    if (pattern->kind != Kind::string && pattern->kind != Kind::sequence) {
      fail_format(fmt::format(
          "Expected [key:string]= pattern:string | string[], but [{}:string]= {}:{} found",
          key,
          javascript_text(*pattern),
          javascript_type(*pattern)));
    }
    FilterRule& rule = rules.emplace_back();
    rule.statuses = parse_statuses(key);
    add_globs(*pattern, rule.globs);
  }
}

}  // namespace

bool FilterRule::matches(const ChangedFile& file) const {
  if (statuses && std::ranges::find(*statuses, file.status) == statuses->end()) return false;
  return std::ranges::any_of(globs, [&](const Glob& glob) { return glob.matches(file.path); });
}

bool Filter::matches(const ChangedFile& file, Quantifier quantifier) const {
  const auto matches = [&](const FilterRule& rule) { return rule.matches(file); };
  return quantifier == Quantifier::every ? std::ranges::all_of(rules, matches)
                                         : std::ranges::any_of(rules, matches);
}

std::vector<Filter> parse_filters(const std::string& yaml) {
  if (yaml.empty()) return {};
  const workflow::NodePtr document = load_filter_yaml(yaml);
  if (!document || (document->is_scalar() && document->kind != Kind::null)) {
    fail_format("Root element is not an object");
  }
  if (document->kind == Kind::null) fail_null();
  std::vector<Filter> filters;
  for (const auto& [name, item] : properties(*document)) {
    Filter& filter = filters.emplace_back();
    filter.name = name;
    add_rules(*item, filter.rules);
  }
  return filters;
}

}  // namespace crun::executor::builtin
