// One pattern of hashFiles(), by the rules of GitHub's own glob library (which are those of
// minimatch without braces and extended globs): `*`, `?`, `[...]`, `**`, `!`, `~`, `\`. A pattern
// is made absolute first, and then says of a path whether it matches, or could lead to a match.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace crun::executor {

/// What a path may be for a pattern to match it.
enum class GlobKind { none = 0, directory = 1, file = 2, all = 3 };

class GlobPattern {
 public:
  /// Relative patterns begin at `folder`, an absolute path. Throws Error for `a/../b`.
  GlobPattern(std::string_view pattern, const std::string& folder);

  bool negated() const { return negated_; }
  /// The path before the first segment with a wildcard: where a search begins.
  const std::string& search_path() const { return search_path_; }
  /// Does it match only what it names? Then a directory stands for all that is in it.
  bool implies_descendants() const;
  GlobPattern with_descendants() const;

  GlobKind match(std::string_view path) const;
  /// Could something below this directory match?
  bool leads_on(std::string_view path) const;

 private:
  struct Segment {
    std::string text;         // as in the pattern
    bool everything = false;  // **
  };
  bool match_from(
      const std::vector<std::string_view>& path,
      std::size_t at,
      std::size_t segment,
      bool partial) const;

  std::vector<Segment> segments_;  // the first is that before the leading slash, empty
  std::string search_path_;
  bool negated_ = false;
  bool directories_only_ = false;  // it ended with a slash
  bool implicit_ = false;
};

}  // namespace crun::executor
