// Numbers in text, as .NET prints and GitHub reads them.
#pragma once

#include <string>
#include <string_view>

namespace crun::workflow {

/// .NET's G15 text of a number: 1E+20, 0.1, -0 as 0, NaN, Infinity.
std::string format_number(double number);
/// A decimal number with optional sign, point and exponent and nothing else, or NaN. Too large is
/// infinite.
double parse_decimal(std::string_view text);
/// A number as GitHub reads one from text: also 0x, 0o, Infinity and white space around it; nothing
/// at all is 0.
double parse_number(std::string_view text);

}  // namespace crun::workflow
