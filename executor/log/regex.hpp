// Regular expressions of users (problem matchers, masks): PCRE2 near to the ECMAScript dialect,
// with limits, since they come from files of others.
#pragma once

#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace crun::executor {

struct RegexError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

class Regex {
 public:
  /// Throws RegexError.
  explicit Regex(const std::string& pattern);
  ~Regex();
  Regex(Regex&&) noexcept;
  Regex& operator=(Regex&&) noexcept;

  /// How many groups it has, without the whole match.
  std::size_t group_count() const;

  enum class Outcome { match, no_match, gave_up };

  /// The first match at or after `from`: the whole and its groups; one that took no part is empty.
  /// `gave_up`: it would take too long.
  Outcome match(
      std::string_view text, std::vector<std::string_view>& groups, std::size_t from = 0) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace crun::executor
