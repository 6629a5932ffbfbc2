// The rules of `on`, and the words for what they decided: a workflow that does not start is the
// commonest riddle of all, so each refusal names the filter, its patterns and what they were
// compared with.
#include "workflow/trigger/match.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "workflow/source/unicode.hpp"
#include "workflow/trigger/pattern.hpp"

namespace crun::workflow {

namespace {

using Patterns = std::vector<FilterPattern>;

constexpr std::string_view heads = "refs/heads/";
constexpr std::string_view tags = "refs/tags/";
constexpr std::size_t longest_pattern = 200;  // in a reason

// Types that count when `types` is not written; of other events all do.
constexpr std::array<std::string_view, 3> default_pull_request_types = {
    "opened", "synchronize", "reopened"};

bool is_pull_request(std::string_view event) {
  return event == "pull_request" || event == "pull_request_target";
}

std::string quoted(const Patterns& patterns) {
  constexpr std::size_t most = 8;
  std::string out = "[";
  for (std::size_t i = 0; i < patterns.size() && i < most; ++i) {
    out += fmt::format("{}'{}'", i > 0 ? ", " : "", shortened(patterns[i].text, longest_pattern));
  }
  if (patterns.size() > most) out += fmt::format(", and {} more", patterns.size() - most);
  return out + "]";
}

std::string shown(const std::vector<std::string>& names) {
  constexpr std::size_t most = 5;
  std::string out;
  for (std::size_t i = 0; i < names.size() && i < most; ++i) {
    if (i > 0) out += ", ";
    out += names[i];
  }
  if (names.size() > most) out += fmt::format(" and {} more", names.size() - most);
  return out;
}

std::string changed(const std::vector<std::string>& paths) {
  return fmt::format(
      "{} changed {} ({})", paths.size(), paths.size() == 1 ? "path" : "paths", shown(paths));
}

// What is offered as a cure or an example is looked for among so many: one is wanted, not all.
constexpr std::size_t most_looked_at = 100;

// The name of a branch or tag that the patterns surely take, to be offered as --ref.
std::string plain_name(const Patterns& patterns) {
  const PatternList list(patterns);
  for (std::size_t i = 0; i < patterns.size() && i < most_looked_at; ++i) {
    const auto& text = patterns[i].text;
    const bool plain = text.find_first_of("*?+[]!\\") == std::string::npos;
    if (plain && list.includes(text)) return text;
  }
  return {};
}

/// What one trigger says to an event: nothing (it fires), or why it does not and what would help.
struct Refusal {
  std::string reason;
  std::string cure;
};
using Verdict = std::optional<Refusal>;

std::string ref_cure(const Patterns& patterns, std::string_view what) {
  const auto name = plain_name(patterns);
  if (!name.empty()) return "--ref " + name;
  return fmt::format("--ref with a {} that {} matches", what, quoted(patterns));
}

// Why patterns that look as if they matched do not: what people overlook most.
std::string overlooked(const Patterns& patterns, const std::vector<std::string>& names) {
  const bool only_negative =
      !patterns.empty() &&
      std::all_of(patterns.begin(), patterns.end(), [](const FilterPattern& pattern) {
        return pattern.text.starts_with('!');
      });
  if (only_negative) return " (a list of '!' patterns alone takes nothing)";
  const PatternList narrow(patterns);
  std::vector<Pattern> wide;
  wide.reserve(patterns.size());
  for (const auto& pattern : patterns) wide.emplace_back(crossing_slashes(pattern.text));
  for (std::size_t i = 0; i < names.size() && i < most_looked_at; ++i) {
    const auto& name = names[i];
    const Pattern* taken = nullptr;
    for (std::size_t k = 0; k < patterns.size(); ++k) {
      const auto& pattern = narrow.patterns()[k];
      const bool matches = pattern.matches(name);
      if (matches && pattern.negated() && taken) {
        return fmt::format(
            " ('{}' takes {}, but '{}' leaves it out)",
            shortened(taken->text(), longest_pattern),
            name,
            shortened(pattern.text(), longest_pattern));
      }
      if (matches && !pattern.negated()) taken = &pattern;
      if (!pattern.negated() && !matches && wide[k].matches(name)) {
        return fmt::format(
            " ('*' does not match '/': '{}' would match {})",
            shortened(wide[k].text(), longest_pattern),
            name);
      }
    }
  }
  return {};
}

// One of `branches`, `tags` and its `-ignore`.
Verdict check_name(
    std::string_view key,
    const EventTrigger::Patterns& wanted,
    const EventTrigger::Patterns& ignored,
    const std::string& name,
    std::string_view what) {
  if (wanted && !filter_runs(*wanted, {name})) {
    return Refusal{
        fmt::format(
            "{} {} do not match '{}'{}", key, quoted(*wanted), name, overlooked(*wanted, {name})),
        ref_cure(*wanted, what)};
  }
  if (ignored && !ignore_filter_runs(*ignored, {name})) {
    return Refusal{
        fmt::format("{}-ignore {} matches '{}'", key, quoted(*ignored), name),
        fmt::format("--ref with another {}", what)};
  }
  return std::nullopt;
}

Verdict check_paths(const EventTrigger& trigger, const EventFacts& event) {
  if (!event.changed_paths) return std::nullopt;
  const auto& paths = *event.changed_paths;
  if (trigger.paths && !filter_runs(*trigger.paths, paths)) {
    return Refusal{
        fmt::format(
            "paths {} match none of the {}{}",
            quoted(*trigger.paths),
            changed(paths),
            overlooked(*trigger.paths, paths)),
        ""};
  }
  if (trigger.paths_ignore && !ignore_filter_runs(*trigger.paths_ignore, paths)) {
    return Refusal{
        fmt::format(
            "paths-ignore {} matches all of the {}", quoted(*trigger.paths_ignore), changed(paths)),
        ""};
  }
  return std::nullopt;
}

Verdict check_push(const EventTrigger& trigger, const EventFacts& event) {
  const std::string_view ref = event.ref;
  const bool branch_filter = trigger.branches || trigger.branches_ignore;
  const bool tag_filter = trigger.tags || trigger.tags_ignore;
  if (ref.starts_with(tags)) {
    if (branch_filter && !tag_filter) {
      return Refusal{
          "only branches are filtered, so tags do not count",
          trigger.branches ? ref_cure(*trigger.branches, "branch") : "--ref with a branch"};
    }
    // Path filters do not apply to tags.
    return check_name(
        "tags", trigger.tags, trigger.tags_ignore, event.ref.substr(tags.size()), "tag");
  }
  if (tag_filter && !branch_filter) {
    return Refusal{
        "only tags are filtered, so branches do not count",
        trigger.tags ? ref_cure(*trigger.tags, "tag") : "--ref with a tag"};
  }
  const auto name = ref.starts_with(heads) ? event.ref.substr(heads.size()) : event.ref;
  auto verdict = check_name("branches", trigger.branches, trigger.branches_ignore, name, "branch");
  return verdict ? verdict : check_paths(trigger, event);
}

Verdict check_types(const EventTrigger& trigger, const EventFacts& event) {
  if (event.action.empty()) return std::nullopt;
  const bool defaults = !trigger.types && is_pull_request(event.name);
  if (!trigger.types && !defaults) return std::nullopt;
  Patterns types;
  if (defaults) {
    for (const auto type : default_pull_request_types) types.push_back({std::string(type), {}});
  } else {
    types = *trigger.types;
  }
  const bool listed = std::any_of(types.begin(), types.end(), [&](const FilterPattern& type) {
    return type.text == event.action;
  });
  if (listed) return std::nullopt;
  return Refusal{
      fmt::format(
          "types {}{} do not have '{}'",
          quoted(types),
          defaults ? " (GitHub's default)" : "",
          event.action),
      "an event file with one of these as action"};
}

Verdict check(const EventTrigger& trigger, const EventFacts& event) {
  if (event.name == "push") return check_push(trigger, event);
  if (auto verdict = check_types(trigger, event)) return verdict;
  // Of a pull request the branch it goes to, of merge_group that of the group, of workflow_run that
  // of the finished run. Where it is not known it is no obstacle.
  if (!event.base_ref.empty()) {
    const auto what = is_pull_request(event.name) ? "base branch" : "branch";
    auto verdict =
        check_name("branches", trigger.branches, trigger.branches_ignore, event.base_ref, what);
    if (verdict) return verdict;
  }
  if (is_pull_request(event.name)) return check_paths(trigger, event);
  return std::nullopt;
}

std::string described(const EventFacts& event) {
  if (event.name == "push") return "push to " + event.ref;
  if (is_pull_request(event.name)) {
    return event.base_ref.empty() ? event.name : event.name + " to " + event.base_ref;
  }
  return event.action.empty() ? event.name : fmt::format("{} ({})", event.name, event.action);
}

// What a filter and its -ignore let through, and why.
void tell_filter(
    std::vector<std::string>& told,
    std::string_view key,
    const EventTrigger::Patterns& wanted,
    const EventTrigger::Patterns& ignored,
    const std::vector<std::string>& names) {
  if (wanted) {
    const PatternList list(*wanted);
    const auto in = std::find_if(
        names.begin(), names.end(), [&](const std::string& name) { return list.includes(name); });
    told.push_back(
        in == names.end() ? fmt::format("{} {} with nothing to match", key, quoted(*wanted))
                          : fmt::format(
                                "{} '{}' matches {}",
                                key,
                                shortened(list.deciding(*in)->text(), longest_pattern),
                                *in));
  }
  if (ignored) {
    const PatternList list(*ignored);
    const auto in = std::find_if(
        names.begin(), names.end(), [&](const std::string& name) { return !list.includes(name); });
    told.push_back(fmt::format(
        "{}-ignore {} does not match {}",
        key,
        quoted(*ignored),
        in == names.end() ? "what is not there" : *in));
  }
}

// The filters that an event has passed.
std::string passed(const EventTrigger& trigger, const EventFacts& event) {
  std::vector<std::string> told;
  const std::string_view ref = event.ref;
  const bool push = event.name == "push";
  const bool tag = push && ref.starts_with(tags);
  if (tag) {
    tell_filter(told, "tags", trigger.tags, trigger.tags_ignore, {event.ref.substr(tags.size())});
  } else if (push || !event.base_ref.empty()) {
    const auto name = !push                    ? event.base_ref
                      : ref.starts_with(heads) ? event.ref.substr(heads.size())
                                               : event.ref;
    tell_filter(told, "branches", trigger.branches, trigger.branches_ignore, {name});
  }
  if (!push && trigger.types && !event.action.empty()) {
    told.push_back(fmt::format("types {} have '{}'", quoted(*trigger.types), event.action));
  }
  const bool paths = trigger.paths || trigger.paths_ignore;
  if (paths && tag) {
    told.emplace_back("path filters do not count for tags");
  } else if (paths && !event.changed_paths) {
    told.emplace_back("path filters let it pass: what changed is not known");
  } else if (paths) {
    tell_filter(told, "paths", trigger.paths, trigger.paths_ignore, *event.changed_paths);
  }
  return told.empty() ? "no filter" : fmt::format("{}", fmt::join(told, ", "));
}

// Whatever the reason: another event that starts it without further ado, and force.
std::string general_cure(const On& on, const EventFacts& event, std::string first) {
  if (!first.empty()) first += ", ";
  if (event.name != "workflow_dispatch" && on.find("workflow_dispatch")) {
    first += "--event workflow_dispatch, ";
  }
  const auto comma = first.rfind(", ");
  if (comma != std::string::npos) first.resize(comma);
  return first.empty() ? "use --force to run it all the same"
                       : fmt::format("use {} or --force to run it all the same", first);
}

std::string event_names(const On& on) {
  std::vector<std::string> names;
  for (const auto& trigger : on.events) {
    if (std::find(names.begin(), names.end(), trigger.name) == names.end()) {
      names.push_back(trigger.name);
    }
  }
  return fmt::format("{}", fmt::join(names, ", "));
}

}  // namespace

TriggerMatch match_event(const On& on, const EventFacts& event) {
  TriggerMatch match;
  Verdict refusal;
  bool declared = false;
  for (const auto& trigger : on.events) {
    if (trigger.name != event.name) continue;
    auto verdict = check(trigger, event);
    if (!verdict) {
      match.fires = true;
      match.because = fmt::format("{}: {}", described(event), passed(trigger, event));
      return match;
    }
    if (!declared) refusal = std::move(verdict);
    declared = true;
  }
  if (!declared) {
    match.reason = fmt::format(
        "{} does not trigger: the workflow is on {}", described(event), event_names(on));
    const auto other = on.find("workflow_dispatch") || on.events.empty()
                           ? std::string()
                           : "--event " + on.events.front().name;
    match.cure = general_cure(on, event, other);
    return match;
  }
  match.reason = fmt::format("{} does not trigger: {}", described(event), refusal->reason);
  match.cure = general_cure(on, event, refusal->cure);
  return match;
}

}  // namespace crun::workflow
