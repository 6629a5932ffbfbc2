#include "executor/log/problem_matcher.hpp"

#include <algorithm>
#include <charconv>
#include <filesystem>

#include "executor/log/workflow_command.hpp"

namespace crun::executor {

namespace {

using Text = std::optional<std::string>;

bool empty(const Text& text) {
  return !text || text->empty();
}

/// What was found before wins over what this line says. A group that took no part is '' and still
/// counts as said.
void take(
    Text& field,
    const Text& before,
    std::optional<int> group,
    const std::vector<std::string_view>& groups) {
  if (before) {
    field = before;
  } else if (group) {
    field = std::string(groups[static_cast<std::size_t>(*group)]);
  }
}

std::optional<LogLine::Kind> level_of(std::string_view severity) {
  if (severity.empty() || equal_ignoring_case(severity, "error")) return LogLine::Kind::error;
  if (equal_ignoring_case(severity, "warning")) return LogLine::Kind::warning;
  if (equal_ignoring_case(severity, "notice")) return LogLine::Kind::notice;
  return std::nullopt;
}

/// The file of a problem as people can open it: relative to the workspace, and really there. It may
/// be told relative to the folder of a project file.
Text locate(const MatcherFields& fields, const std::string& workspace) {
  namespace fs = std::filesystem;
  if (empty(fields.file) || workspace.empty()) return std::nullopt;
  fs::path base = workspace;
  if (!empty(fields.from_path)) base = (base / *fields.from_path).parent_path();
  fs::path file = (base / *fields.file).lexically_normal();
  fs::path relative = file.lexically_relative(fs::path(workspace).lexically_normal());
  std::error_code error;
  if (relative.empty() || *relative.begin() == ".." || !fs::exists(file, error)) {
    return std::nullopt;
  }
  return relative.string();
}

std::optional<MatchedProblem> to_problem(
    const MatcherFields& fields, const std::string& workspace, const MatcherSet::Debug& debug) {
  MatchedProblem problem;
  auto level = level_of(fields.severity.value_or(""));
  if (!level) {
    debug("Skipped an issue, because its severity '" + *fields.severity + "' is not supported.");
    return std::nullopt;
  }
  if (empty(fields.message)) {
    debug("Skipped an issue, because its message is empty.");
    return std::nullopt;
  }
  problem.level = *level;
  problem.message = *fields.message;
  if (!empty(fields.code)) problem.properties["code"] = *fields.code;
  auto number = [&](const char* name, const Text& text) {
    if (empty(text)) return;
    int value = 0;
    auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), value);
    if (error == std::errc() && end == text->data() + text->size()) {
      problem.properties[name] = *text;
    } else {
      debug(std::string("The ") + name + " '" + *text + "' of an issue is not a number.");
    }
  };
  number("line", fields.line);
  number("col", fields.column);
  if (Text file = locate(fields, workspace)) {
    problem.properties["file"] = *file;
  } else if (!empty(fields.file)) {
    debug("Dropped the file '" + *fields.file + "' of an issue: it is not in the workspace.");
  }
  return problem;
}

}  // namespace

ProblemMatcher::Found ProblemMatcher::try_pattern(
    std::size_t index,
    std::string_view line,
    const std::optional<MatcherFields>& running,
    MatcherFields& fields) {
  const MatcherPattern& pattern = patterns[index];
  auto outcome = pattern.regex.match(line, groups_);
  if (outcome == Regex::Outcome::gave_up) ++failures_;
  if (outcome != Regex::Outcome::match) return Found::no;
  const MatcherFields before = running.value_or(MatcherFields());
  take(fields.file, before.file, pattern.file, groups_);
  take(fields.line, before.line, pattern.line, groups_);
  take(fields.column, before.column, pattern.column, groups_);
  take(fields.severity, before.severity, pattern.severity, groups_);
  take(fields.code, before.code, pattern.code, groups_);
  take(fields.message, before.message, pattern.message, groups_);
  take(fields.from_path, before.from_path, pattern.from_path, groups_);
  return Found::yes;
}

/// Patterns are tried from the last to the first, each that its predecessor has led up to: so one
/// line can end a match and begin another.
std::optional<MatcherFields> ProblemMatcher::match(std::string_view line) {
  running_.resize(patterns.size() - 1);
  std::optional<MatcherFields> complete;
  for (std::size_t i = patterns.size(); i-- > 0 && !complete;) {
    if (i > 0 && !running_[i - 1]) continue;
    bool last = i + 1 == patterns.size();
    MatcherFields fields;
    Found found = try_pattern(i, line, i > 0 ? running_[i - 1] : std::nullopt, fields);
    if (found == Found::yes && !last) {
      running_[i] = std::move(fields);
    } else if (found == Found::yes) {
      std::optional<MatcherFields> again;
      if (patterns[i].loop && i > 0) again = std::move(running_[i - 1]);
      reset();
      if (again) running_[i - 1] = std::move(again);
      complete = std::move(fields);
    } else if (!last) {
      running_[i].reset();
    } else if (i > 0) {
      running_[i - 1].reset();
    }
  }
  if (!complete) return complete;
  if (empty(complete->severity)) complete->severity = severity;
  if (empty(complete->from_path) && !from_path.empty()) complete->from_path = from_path;
  return complete;
}

void ProblemMatcher::reset() {
  running_.assign(patterns.size() - 1, std::nullopt);
}

void MatcherSet::add(std::vector<ProblemMatcher> matchers) {
  for (ProblemMatcher& old : matchers_) {
    bool replaced = std::any_of(matchers.begin(), matchers.end(), [&](const ProblemMatcher& one) {
      return equal_ignoring_case(one.owner, old.owner);
    });
    if (!replaced) matchers.push_back(std::move(old));
  }
  matchers_ = std::move(matchers);
}

void MatcherSet::remove(std::string_view owner) {
  std::erase_if(matchers_, [&](const ProblemMatcher& matcher) {
    return equal_ignoring_case(matcher.owner, owner);
  });
}

std::optional<MatchedProblem> MatcherSet::match(
    std::string_view line, const std::string& workspace, const Debug& debug) {
  std::optional<MatchedProblem> problem;
  for (std::size_t i = 0; i < matchers_.size() && !problem; ++i) {
    auto fields = matchers_[i].match(line);
    if (!fields) continue;
    problem = to_problem(*fields, workspace, debug);
    if (!problem) continue;
    // Whoever takes a line takes it from all others.
    for (std::size_t other = 0; other < matchers_.size(); ++other) {
      if (other != i) matchers_[other].reset();
    }
  }
  std::erase_if(matchers_, [&](const ProblemMatcher& matcher) {
    if (matcher.spent()) {
      debug("Removed the problem matcher '" + matcher.owner + "': it took too long three times.");
    }
    return matcher.spent();
  });
  return problem;
}

std::string without_colours(std::string_view line) {
  std::string result;
  result.reserve(line.size());
  while (!line.empty()) {
    auto escape = line.find("\x1b[");
    result += line.substr(0, escape);
    if (escape == std::string_view::npos) break;
    auto end = line.find_first_not_of("0123456789;", escape + 2);
    bool is_colour = end != std::string_view::npos && (line[end] == 'm' || line[end] == 'K');
    if (!is_colour) {
      result += line.substr(escape, 2);
      line.remove_prefix(escape + 2);
    } else {
      line.remove_prefix(end + 1);
    }
  }
  return result;
}

}  // namespace crun::executor
