// What GitHub's YAML reader accepts and ours (yaml-cpp) does not, rewritten so that it does.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace crun::workflow {

/// A text made from another one, and where its bytes were there.
struct RewrittenText {
  std::string text;
  /// From this byte of `text` on, so many bytes are to be added to get the original place.
  std::vector<std::pair<std::size_t, std::ptrdiff_t>> shifts;
  bool hides = false;  // are there question marks to show again?

  std::size_t original(std::size_t offset) const;
};

/// Only the byte order mark is dropped, which the parser does not count, and question marks within
/// texts are hidden: between brackets it takes each for the beginning of a key, in `[Go?]` too.
RewrittenText as_it_is(std::string_view text);

/// For a text that failed as it is. Rewritten are blank lines at the head of a block scalar that
/// are indented deeper than its text, and an anchor or a tag between a dash and a block scalar
/// (`- &name |`).
RewrittenText tolerate(std::string_view text);

/// The text, of a scalar or a tag, with its question marks shown again.
std::string show_question_marks(std::string text);

/// The value of a folded scalar whose header begins at `header`: of `>+` the parser may lose one of
/// the line breaks that are to be kept.
std::string restore_kept_breaks(std::string value, std::string_view text, std::size_t header);

}  // namespace crun::workflow
