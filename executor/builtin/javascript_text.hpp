// Text as JavaScript sees it, where the originals' results depend on it.
#pragma once

#include <string_view>

namespace crun::executor::builtin {

/// String.prototype.trim: every Unicode white space, line break and the byte order mark.
std::string_view trim_javascript(std::string_view text);

}  // namespace crun::executor::builtin
