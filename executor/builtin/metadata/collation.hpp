// The order of labels: String.prototype.localeCompare, which is ICU's root collation.
#pragma once

#include <string_view>

namespace crun::executor::builtin {

/// Less than, equal to, or greater than 0. Exact for ASCII; other characters come after all of
/// ASCII, by code point. Punctuation before digits before letters; case decides only between
/// equals, the small letter first.
int compare_as_locale(std::string_view left, std::string_view right);

}  // namespace crun::executor::builtin
