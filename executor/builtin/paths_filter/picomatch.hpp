// Glob patterns as picomatch 2.3 with {dot: true} reads them: *, **, ?, braces, extglobs, classes,
// !.
//
// Not GitHub's own filter patterns (workflow/trigger). Its surprises are kept, as filters depend on
// them: `[!a]` is no negation, `[id]` also matches the literal text, `dir/` matches nothing,
// `{src/**,docs/**}` does not match `src` while `src/**` does, and a path equal to the pattern
// always matches.
#pragma once

#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

#include "executor/builtin/javascript_regex.hpp"

namespace crun::executor::builtin {

/// "Expected pattern to be a non-empty string": picomatch's text.
struct GlobError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// The regular expression of a glob, without anchors and negation.
std::string glob_to_regex(std::string_view glob);

class Glob {
 public:
  /// Throws GlobError. A glob that gives no valid expression matches only its own text.
  explicit Glob(std::string text);

  bool matches(std::string_view path) const;

 private:
  std::string text_;
  std::optional<JavaScriptRegex> regex_;
};

}  // namespace crun::executor::builtin
