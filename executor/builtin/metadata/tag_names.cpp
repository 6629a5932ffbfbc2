#include "executor/builtin/metadata/tag_names.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "executor/builtin/javascript_regex.hpp"
#include "executor/builtin/metadata/pep440.hpp"
#include "executor/builtin/metadata/semver.hpp"

namespace crun::executor::builtin {

namespace {

using handlebars::List;
using handlebars::Object;
using handlebars::Value;

/// What a rule gives: a name and whether it is a release that `latest` should point to.
struct Proposal {
  std::string name;
  bool latest = false;
};

List list_of(const std::vector<std::string>& texts) {
  return List(texts.begin(), texts.end());
}

/// The group a rule asks for by its text: "1" is one, "01" is none.
std::optional<std::string> group(
    const std::vector<std::optional<std::string>>& groups, const std::string& name) {
  for (std::size_t i = 0; i < groups.size(); ++i) {
    if (fmt::format_int(i).str() == name) return groups[i];
  }
  return std::nullopt;
}

class Evaluation {
 public:
  explicit Evaluation(const TagSurroundings& around) : around_(around) {}

  TagNames evaluate(const std::vector<TagRule>& rules) {
    for (const TagRule& rule : rules) {
      const std::string enabled = expand(rule.get("enable"));
      if (enabled != "true" && enabled != "false") {
        throw Failed(fmt::format("Invalid value for enable attribute: {}", enabled));
      }
      if (enabled == "false") continue;
      if (const auto proposal = propose(rule)) add(rule, *proposal);
    }
    std::vector<std::string> unique;
    for (std::string& name : names_.partial) {
      if (std::ranges::find(unique, name) == unique.end()) unique.push_back(std::move(name));
    }
    names_.partial = std::move(unique);
    if (latest_.value_or(false)) names_.latest = latest_name();
    return std::move(names_);
  }

 private:
  std::string expand(std::string_view text) const { return around_.expressions.expand(text); }
  const EventFacts& event() const { return around_.expressions.event(); }

  std::optional<Proposal> propose(const TagRule& rule) {
    using Type = TagRule::Type;
    switch (rule.type) {
      case Type::schedule:
        if (event().event_name.find("schedule") == std::string::npos) return std::nullopt;
        return Proposal{around_.expressions.expand_dates(rule.get("pattern"))};
      case Type::semver:
        return semver(rule);
      case Type::pep440:
        return pep440(rule);
      case Type::match:
        return match(rule);
      case Type::edge:
        return edge(rule);
      case Type::ref:
        return ref(rule);
      case Type::raw:
        return Proposal{expand(rule.get("value"))};
      case Type::sha:
        if (event().sha.empty()) return std::nullopt;
        return Proposal{
            rule.get("format") == "short" ? around_.expressions.short_sha() : event().sha};
    }
    return std::nullopt;
  }

  void add(const TagRule& rule, const Proposal& proposal) {
    const Flavor& flavor = around_.flavor;
    const auto part = [&](std::string_view name, const std::string& of_flavor) {
      const std::string* own = rule.find(name);
      return own ? expand(*own) : expand(of_flavor);
    };
    std::string name =
        part("prefix", flavor.prefix) + proposal.name + part("suffix", flavor.suffix);
    if (name.empty()) return;
    if (around_.features.late_cleaning) name = clean_tag(name);
    if (!names_.main) {
      names_.main = name;
    } else if (name != *names_.main) {
      names_.partial.push_back(name);
    }
    if (!latest_) latest_ = flavor.latest == "auto" ? proposal.latest : flavor.latest == "true";
  }

  std::string latest_name() const {
    const Flavor& flavor = around_.flavor;
    const std::string name = (flavor.prefix_latest ? flavor.prefix : "") + "latest" +
                             (flavor.suffix_latest ? flavor.suffix : "");
    return around_.features.late_cleaning ? clean_tag(name) : name;
  }

  /// The text a version is read from: `value=`, else the tag. Nothing when there is neither.
  std::optional<std::string> subject(const TagRule& rule) const {
    if (!rule.get("value").empty()) return expand(rule.get("value"));
    return around_.expressions.tag();
  }

  /// The subject of a version rule: narrowed by `match=`, slashes made dashes.
  std::optional<std::string> version_text(const TagRule& rule) const {
    auto text = subject(rule);
    if (!text) return std::nullopt;
    const std::string& pattern = rule.get("match");
    if (around_.features.match_in_versions && !pattern.empty()) {
      const auto groups = JavaScriptRegex(pattern).match(*text);
      if (!groups) {
        around_.warn(fmt::format("{} does not match {}.", pattern, *text));
      } else if (groups->size() < 2 || !(*groups)[1]) {
        throw Failed("Cannot read properties of undefined (reading 'replace')");
      } else {
        text = *(*groups)[1];
      }
    }
    std::ranges::replace(*text, '/', '-');
    return text;
  }

  std::optional<Proposal> semver(const TagRule& rule) {
    const auto text = version_text(rule);
    if (!text) return std::nullopt;
    const auto version = SemanticVersion::parse(*text);
    if (!version) {
      around_.warn(fmt::format("{} is not a valid semver. More info: https://semver.org/", *text));
      return std::nullopt;
    }
    // A prerelease never moves the shorter tags, whatever the pattern is.
    const std::string& pattern = rule.get("pattern");
    if (!version->prerelease.empty() && !handlebars::is_single_mustache(pattern, "raw")) {
      return Proposal{version->version};
    }
    const Object names = {
        {"loose", Value(true)},
        {"includePrerelease", Value(false)},
        {"raw", version->raw},
        {"major", version->major},
        {"minor", version->minor},
        {"patch", version->patch},
        {"prerelease", list_of(version->prerelease)},
        {"build", list_of(version->build)},
        {"version", version->version}};
    return Proposal{expand_template(pattern, Value(names)), version->prerelease.empty()};
  }

  std::optional<Proposal> pep440(const TagRule& rule) {
    const auto text = version_text(rule);
    if (!text) return std::nullopt;
    const auto version = PythonVersion::parse(*text);
    if (!version) {
      around_.warn(fmt::format(
          "{} does not conform to PEP 440. More info: https://www.python.org/dev/peps/pep-0440",
          *text));
      return std::nullopt;
    }
    const std::string& pattern = rule.get("pattern");
    if (version->is_prerelease || version->is_postrelease) {
      return Proposal{handlebars::is_single_mustache(pattern, "raw") ? *text : version->clean};
    }
    const Object names = {
        {"raw", *text},
        {"version", version->clean},
        {"major", version->major()},
        {"minor", version->minor()},
        {"patch", version->patch()}};
    return Proposal{expand_template(pattern, Value(names)), true};
  }

  std::optional<Proposal> match(const TagRule& rule) {
    const auto text = subject(rule);
    if (!text) return std::nullopt;
    const std::string& pattern = rule.get("pattern");
    const auto groups = regex_of(pattern).match(*text);
    if (!groups) {
      around_.warn(fmt::format("{} does not match {}.", pattern, *text));
      return std::nullopt;
    }
    auto found = group(*groups, rule.get("group"));
    if (!found) {
      around_.warn(
          fmt::format("Group {} does not exist for {} pattern.", rule.get("group"), pattern));
      return std::nullopt;
    }
    return Proposal{std::move(*found), true};
  }

  /// A pattern may be written as a literal: /v(\d+)/i.
  static JavaScriptRegex regex_of(std::string_view pattern) {
    const std::size_t end = pattern.rfind('/');
    if (pattern.starts_with('/') && end != std::string_view::npos && end > 1) {
      return JavaScriptRegex(pattern.substr(1, end - 1), pattern.substr(end + 1));
    }
    return JavaScriptRegex(pattern);
  }

  std::optional<Proposal> edge(const TagRule& rule) {
    const auto branch = around_.expressions.branch();
    const std::string& wanted = rule.get("branch");
    if (!branch || *branch != (wanted.empty() ? around_.default_branch : wanted)) {
      return std::nullopt;
    }
    return Proposal{"edge"};
  }

  std::optional<Proposal> ref(const TagRule& rule) {
    const std::string& kind = rule.get("event");
    if (kind == "pr") {
      constexpr std::string_view prefix = "refs/pull/", suffix = "/merge";
      if (!event().ref.starts_with(prefix)) return std::nullopt;
      std::string name = event().ref.substr(prefix.size());
      if (name.ends_with(suffix)) name.resize(name.size() - suffix.size());
      return Proposal{std::move(name)};
    }
    const bool is_tag = kind == "tag";
    auto name = is_tag ? around_.expressions.tag() : around_.expressions.branch();
    if (!name) return std::nullopt;
    return Proposal{std::move(*name), is_tag};
  }

  const TagSurroundings& around_;
  TagNames names_;
  std::optional<bool> latest_;
};

}  // namespace

std::vector<std::string> TagNames::all() const {
  if (!main) return {};
  std::vector<std::string> names = {*main};
  names.insert(names.end(), partial.begin(), partial.end());
  if (latest) names.push_back(*latest);
  return names;
}

TagNames evaluate_tag_rules(const std::vector<TagRule>& rules, const TagSurroundings& around) {
  try {
    return Evaluation(around).evaluate(rules);
  } catch (const RegexError& error) {
    throw Failed(error.what());
  }
}

}  // namespace crun::executor::builtin
