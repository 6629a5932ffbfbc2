// A line of a log as HTML: escaped, with the colours that programs print for terminals.
#pragma once

#include <string>
#include <string_view>

namespace crun::runner {

/// Colours and bold become spans of classes `ansi-1` ... `ansi-15` and `ansi-bold`; every other
/// escape sequence and control character is left out.
std::string ansi_html(std::string_view line);

}  // namespace crun::runner
