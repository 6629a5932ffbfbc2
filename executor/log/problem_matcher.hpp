// Problem matchers: patterns over lines that turn a compiler's output into annotations (runner.md
// 1.7). A job has one set of them; `::add-matcher::` and `::remove-matcher::` change it.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "executor/events.hpp"
#include "executor/log/regex.hpp"

namespace crun::executor {

/// A matcher file is wrong.
struct MatcherError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// What the patterns of a matcher found; empty where nothing did.
struct MatcherFields {
  std::optional<std::string> file, line, column, severity, code, message, from_path;
};

struct MatcherPattern {
  Regex regex;
  std::optional<int> file, line, column, severity, code, message, from_path;
  bool loop = false;
};

class ProblemMatcher {
 public:
  std::string owner;
  std::string severity;   // default; may be empty
  std::string from_path;  // default
  std::vector<MatcherPattern> patterns;

  /// Feeds a line; the fields when it completes a match. A pattern that gives up counts as
  /// none; the third time the matcher is spent.
  std::optional<MatcherFields> match(std::string_view line);
  void reset();
  bool spent() const { return failures_ >= 3; }

 private:
  enum class Found { yes, no };
  Found try_pattern(
      std::size_t index,
      std::string_view line,
      const std::optional<MatcherFields>& running,
      MatcherFields& fields);

  std::vector<std::optional<MatcherFields>> running_;  // after each pattern but the last
  std::vector<std::string_view> groups_;
  int failures_ = 0;
};

/// Reads and validates {"problemMatcher": [...]}. Throws MatcherError.
std::vector<ProblemMatcher> parse_matchers(std::string_view json);

/// An annotation that a matcher made of a line.
struct MatchedProblem {
  LogLine::Kind level = LogLine::Kind::error;
  std::string message;
  std::map<std::string, std::string> properties;
};

class MatcherSet {
 public:
  using Debug = std::function<void(std::string)>;

  /// New ones come first; one of the same owner goes.
  void add(std::vector<ProblemMatcher> matchers);
  void remove(std::string_view owner);
  bool empty() const { return matchers_.empty(); }

  /// Feeds one line, without colours. Files must lie in the workspace.
  std::optional<MatchedProblem> match(
      std::string_view line, const std::string& workspace, const Debug& debug);

 private:
  std::vector<ProblemMatcher> matchers_;
};

/// The line without `ESC [ ... m` and `ESC [ ... K`.
std::string without_colours(std::string_view line);

}  // namespace crun::executor
