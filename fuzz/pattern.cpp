// Filter patterns against a second, naive way to match, which tries everything.
#include "workflow/trigger/pattern.hpp"

#include <algorithm>
#include <string>

#include "fuzz/oracle.hpp"

using namespace crun::workflow;
using crun::fuzz::require;

namespace {

/// Matches by the words of GitHub's manual, one way after the other. ASCII only.
class Naive {
 public:
  Naive(std::string_view pattern, std::string_view name) : pattern_(pattern), name_(name) {}

  bool run(std::size_t at, std::size_t from) {
    look();
    if (at == pattern_.size()) return from == name_.size();
    if (pattern_[at] == '*') return star(at, from);
    std::size_t end = at;
    const auto takes = [&](char c) { return one(at, end, c); };
    takes('\0');  // finds the end of the character or bracket
    const char suffix = end < pattern_.size() ? pattern_[end] : '\0';
    const bool here = from < name_.size() && takes(name_[from]);
    if (suffix == '?') return run(end + 1, from) || (here && run(end + 1, from + 1));
    if (suffix != '+') return here && run(end, from + 1);
    for (auto to = from; to < name_.size() && takes(name_[to]); ++to) {
      if (run(end + 1, to + 1)) return true;
    }
    return false;
  }

 private:
  /// At a character: too many of them, and it has no opinion.
  void look() {
    if (++looks_ > 200'000) throw 0;
  }

  bool star(std::size_t at, std::size_t from) {
    const auto rest = pattern_.substr(at);
    if (rest.starts_with("**/")) {
      if (run(at + 3, from)) return true;
      for (auto to = from + 1; to < name_.size(); ++to) {
        if (name_[to] == '/' && run(at + 3, to + 1)) return true;
      }
      return false;
    }
    const bool twice = rest.starts_with("**");
    for (auto to = from;; ++to) {
      if (run(at + (twice ? 2 : 1), to)) return true;
      if (to == name_.size() || (!twice && name_[to] == '/')) return false;
    }
  }

  /// Is `c` the character, or in the bracket, that begins at `at`? Sets its end.
  bool one(std::size_t at, std::size_t& end, char c) {
    if (pattern_[at] == '\\' && at + 1 < pattern_.size()) {
      end = at + 2;
      return pattern_[at + 1] == c;
    }
    if (pattern_[at] != '[') {
      end = at + 1;
      return pattern_[at] == c;
    }
    bool found = false;
    auto i = at + 1;
    while (i < pattern_.size() && pattern_[i] != ']') {
      look();
      const bool range =
          i + 2 < pattern_.size() && pattern_[i + 1] == '-' && pattern_[i + 2] != ']';
      const char last = range ? pattern_[i + 2] : pattern_[i];
      found = found || (pattern_[i] <= c && c <= last);
      i += range ? 3 : 1;
    }
    end = std::min(i + 1, pattern_.size());
    return found;
  }

  std::string_view pattern_, name_;
  int looks_ = 0;
};

bool plain(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > 0 && c < 127; });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto parts = crun::fuzz::parts_of(crun::fuzz::text_of(data, size), 2);
  const auto& text = parts[0];
  const auto name = parts.size() > 1 ? parts[1] : std::string();
  const Pattern pattern(text);
  const bool matches = pattern.matches(name);
  check_pattern(text, PatternKind::ref);
  const bool correct = check_pattern(text, PatternKind::path).empty();
  const Pattern wider(crossing_slashes(text));
  // Not so of `*/`: with one star more it is folders, of which each has a name, and `a**/b` is not
  // `a/b`.
  if (correct && text.find("*/") == std::string::npos) {
    require(!matches || wider.matches(name), "stars that cross slashes match no less", text);
  }
  // `?` and `+` behind what they cannot follow are letters to one and not to the other.
  const bool comparable = plain(text) && plain(name) && correct;
  if (!comparable) return 0;
  const std::string_view rest = std::string_view(text).substr(pattern.negated() ? 1 : 0);
  try {
    require(Naive(rest, name).run(0, 0) == matches, "both ways to match agree", text);
  } catch (int) {
  }
  return 0;
}
