// GitHub's filter patterns for branches, tags and paths: * ** + ? [] ! and \.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "workflow/model/trigger.hpp"

namespace crun::workflow {

/// One pattern, compiled once. `*` does not cross `/`; names match as a whole, case counts.
class Pattern {
 public:
  explicit Pattern(std::string_view text);

  bool negated() const { return negated_; }
  /// Does the pattern, without its `!`, match the name?
  bool matches(std::string_view name) const;
  const std::string& text() const { return text_; }

 private:
  struct Piece;
  void require_letters(const std::vector<Piece>& pieces);

  std::string text_;
  bool negated_ = false;
  std::string required_;  // no name without these letters matches: most are refused by that
  std::shared_ptr<const std::vector<Piece>> pieces_;
};

enum class PatternKind { ref, path };

/// A mistake in a pattern; the column is 1-based and counts characters.
struct PatternProblem {
  std::string message;
  int column = 0;
};

/// Everything that is wrong with a pattern: what cannot mean anything (`[a`, `?` with nothing
/// before it), and what no ref or path can ever match (a ref with a blank, a path that begins with
/// `./`).
std::vector<PatternProblem> check_pattern(std::string_view text, PatternKind kind);

/// The pattern with stars that cross slashes: `**@1.*` of `*@1.*`. What people often meant. It
/// matches no less, but for `*/`: `a**/b` is not `a/b`, as `**/` is folders with names.
std::string crossing_slashes(std::string_view text);

/// The patterns of a filter in their order, each compiled once. The last match wins.
class PatternList {
 public:
  explicit PatternList(const std::vector<FilterPattern>& patterns);

  /// The last pattern that matches, or null.
  const Pattern* deciding(std::string_view name) const;
  /// Is there one, without a `!`?
  bool includes(std::string_view name) const;
  const std::vector<Pattern>& patterns() const { return patterns_; }

 private:
  std::vector<Pattern> patterns_;
};

/// `branches:`, `tags:`, `paths:`: does any of the names pass? No names pass too.
bool filter_runs(const std::vector<FilterPattern>& patterns, const std::vector<std::string>& names);
/// `*-ignore:`: is there a name that is not ignored?
bool ignore_filter_runs(
    const std::vector<FilterPattern>& patterns, const std::vector<std::string>& names);

}  // namespace crun::workflow
