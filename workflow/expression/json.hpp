// Value <-> JSON text.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

#include "workflow/expression/value.hpp"

namespace crun::workflow {

/// As `toJSON` prints it: two spaces, "key": value, LF.
std::string to_json(const Value& value);
/// On one line without spaces, for events and files.
std::string to_compact_json(const Value& value);

struct JsonError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// As `fromJSON` reads it (lenient like GitHub's reader). Throws JsonError.
Value from_json(std::string_view text);

}  // namespace crun::workflow
