// JavaScript's regular expressions on PCRE2, for patterns that users write for the original
// actions.
//
// The text is translated before PCRE2 sees it: what only PCRE2 knows (\A, \Q, possessive
// quantifiers,
// (?i), [[:alpha:]]) means in JavaScript something plainer, or is an error. Behaviour is that of a
// pattern without the u flag; text is matched by code points, not by UTF-16 units. Look-behind must
// have a fixed length.
#pragma once

#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace crun::executor::builtin {

/// "Invalid regular expression: /(/: Unterminated group": V8's text.
struct RegexError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

class JavaScriptRegex {
 public:
  /// `flags` as in /pattern/flags. Throws RegexError.
  explicit JavaScriptRegex(std::string_view pattern, std::string_view flags = {});
  ~JavaScriptRegex();
  JavaScriptRegex(JavaScriptRegex&&) noexcept;
  JavaScriptRegex& operator=(JavaScriptRegex&&) noexcept;

  bool test(std::string_view text) const;

  /// String.prototype.match: the match and its groups (nullopt: a group without part in it), with
  /// the flag g all matches instead. Nothing when there is none.
  std::optional<std::vector<std::optional<std::string>>> match(std::string_view text) const;

 private:
  struct Compiled;
  std::unique_ptr<Compiled> compiled_;
};

}  // namespace crun::executor::builtin
