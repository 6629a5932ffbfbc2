// Number(text) and String(number) as JavaScript has them, where inputs are compared or printed so.
#pragma once

#include <string>
#include <string_view>

namespace crun::executor::builtin {

/// '' is 0, "0x10" is 16, " 7 " is 7, "7a" is NaN.
double number_of(std::string_view text);

/// Integers below 1e21 without an exponent.
std::string number_text(double number);

/// "7", not "07" or "7.0": the name of an element of an array.
bool is_array_index(std::string_view name);

}  // namespace crun::executor::builtin
