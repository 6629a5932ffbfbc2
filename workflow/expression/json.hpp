// Value <-> JSON text.
#pragma once

#include <cstddef>
#include <limits>
#include <stdexcept>
#include <string>
#include <string_view>

#include "workflow/expression/value.hpp"

namespace crun::workflow {

struct JsonError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// As `toJSON` prints it: two spaces, "key": value, LF, numbers as in expressions. Throws JsonError
/// if the text would be longer than `limit` bytes.
std::string to_json(
    const Value& value, std::size_t limit = std::numeric_limits<std::size_t>::max());
/// On one line without spaces, for events and files. Numbers keep all their digits; NaN and the
/// infinities, which JSON lacks, become null.
std::string to_compact_json(const Value& value);

/// As `fromJSON` reads it, lenient like GitHub's reader: comments, trailing commas, single quotes,
/// bare names, NaN, hexadecimal and octal numbers; what follows the first value is ignored. Of
/// names that differ in case only the first spelling and the last value stay. Throws JsonError.
Value from_json(std::string_view text);

}  // namespace crun::workflow
