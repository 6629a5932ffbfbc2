// The lists that the inputs of the docker actions hold: lines and commas, with CSV quotes
// (docker-actions.md 1.2). Its oddities are the contract: a quoted field that stands alone is split
// again at its commas; items are dropped when empty before they are trimmed, so a line of blanks
// leaves an empty item.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace crun::executor::builtin {

/// "Quote Not Closed: ...": the text of the original's CSV parser.
struct ListSyntaxError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct ListOptions {
  enum class Comments {
    none,
    anywhere,    // `#` outside quotes cuts the rest of the line (metadata-action before v6)
    line_start,  // only as the very first character of a line (since v6)
  };

  /// Commas belong to the item; only lines separate.
  bool ignore_comma = false;
  /// `"` quotes; otherwise it is a character like any other.
  bool quote = true;
  Comments comments = Comments::none;
  /// Blanks around an item are taken off (build-push v7.3 keeps those of secrets).
  bool trim = true;
};

std::vector<std::string> parse_list(std::string_view text, const ListOptions& options = {});

}  // namespace crun::executor::builtin
