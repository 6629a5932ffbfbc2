// Names that nobody else has.
#pragma once

#include <string>

namespace crun::executor {

/// Lower-case hexadecimal digits.
std::string random_hex(int digits);
/// "3f1c2a54-....", version 4.
std::string random_uuid();

}  // namespace crun::executor
