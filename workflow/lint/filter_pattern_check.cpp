#include "workflow/lint/filter_pattern_check.hpp"

#include <algorithm>
#include <string_view>

#include <fmt/format.h>

#include "workflow/trigger/pattern.hpp"

namespace crun::workflow {

namespace {

using Patterns = EventTrigger::Patterns;

class PatternsCheck {
 public:
  PatternsCheck(const Survey& survey, const EventTrigger& trigger)
      : survey_(survey), trigger_(trigger) {}

  void run() {
    check_pair("branches", trigger_.branches, trigger_.branches_ignore, PatternKind::ref);
    check_pair("tags", trigger_.tags, trigger_.tags_ignore, PatternKind::ref);
    check_pair("paths", trigger_.paths, trigger_.paths_ignore, PatternKind::path);
    if (trigger_.name == "push" && trigger_.tags && survey_.facts.tags) check_tags(*trigger_.tags);
  }

 private:
  Diagnostic& add(Severity severity, Span span, std::string code, std::string message) {
    return survey_.diagnostics.add(
        {severity, std::move(code), survey_.workflow.source, span, std::move(message), {}, {}});
  }

  void check_pair(
      std::string_view key, const Patterns& wanted, const Patterns& ignored, PatternKind kind) {
    if (wanted && ignored) {
      const auto span = ignored->empty() ? trigger_.span : ignored->front().span;
      add(Severity::error,
          span,
          "filter-conflict",
          fmt::format("you may only define one of `{0}` and `{0}-ignore` for a single event", key))
          .help = fmt::format("leave out with '!' patterns in `{}`, behind those that take", key);
    }
    for (const auto* patterns : {&wanted, &ignored}) {
      if (!*patterns) continue;
      for (const auto& pattern : **patterns) {
        for (const auto& problem : check_pattern(pattern.text, kind)) {
          add(Severity::warning,
              pattern.span,
              "filter-pattern",
              fmt::format("in the pattern '{}': {}", pattern.text, problem.message));
        }
      }
    }
  }

  // A tag pattern that takes none of the tags there are, but would if its star crossed slashes.
  void check_tags(const std::vector<FilterPattern>& patterns) {
    const auto tags = survey_.facts.tags();
    const PatternList list(patterns);
    for (std::size_t i = 0; i < patterns.size(); ++i) {
      const auto& pattern = patterns[i];
      const auto& compiled = list.patterns()[i];
      const auto matches = [&](const std::string& tag) { return compiled.matches(tag); };
      if (compiled.negated() || std::any_of(tags.begin(), tags.end(), matches)) continue;
      const auto wider = crossing_slashes(pattern.text);
      if (wider == pattern.text) continue;
      const Pattern crossing(wider);
      std::vector<std::string> would;
      for (const auto& tag : tags) {
        if (crossing.matches(tag)) would.push_back(tag);
      }
      if (!would.empty()) report_tags(pattern, wider, would, tags.size(), list);
    }
  }

  void report_tags(
      const FilterPattern& pattern,
      const std::string& wider,
      const std::vector<std::string>& would,
      std::size_t all_tags,
      const PatternList& all) {
    // With an @ it is a release of one of several packages, and what precedes it is its path: the
    // pattern was written for these tags. If nothing else takes them no release will ever start.
    const bool certain = pattern.text.find('@') != std::string::npos &&
                         std::none_of(would.begin(), would.end(), [&](const auto& tag) {
                           return all.includes(tag);
                         });
    constexpr std::size_t most = 3;
    std::string shown;
    for (std::size_t i = 0; i < would.size() && i < most; ++i) {
      shown += (i > 0 ? ", " : "") + would[i];
    }
    if (would.size() > most) shown += fmt::format(" and {} more", would.size() - most);
    auto& found =
        add(certain ? Severity::error : Severity::warning,
            pattern.span,
            "tag-pattern",
            fmt::format(
                "the tag pattern '{}' matches none of the {} tags of this repository: '*' does not "
                "match '/'",
                pattern.text,
                all_tags));
    found.help = fmt::format("use '{}', which matches {}", wider, shown);
  }

  const Survey& survey_;
  const EventTrigger& trigger_;
};

}  // namespace

void check_filter_patterns(const Survey& survey) {
  for (const auto& trigger : survey.workflow.on.events) PatternsCheck(survey, trigger).run();
}

}  // namespace crun::workflow
