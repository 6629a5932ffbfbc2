#include "executor/builtin/javascript_number.hpp"

#include <charconv>
#include <cmath>
#include <cstdlib>
#include <limits>

#include <fmt/format.h>

#include "executor/builtin/javascript_text.hpp"

namespace crun::executor::builtin {

namespace {

constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

/// The digits behind 0x, 0o or 0b.
double whole_number(std::string_view digits, int base) {
  double value = 0;
  for (const char c : digits) {
    int digit = base;
    if (c >= '0' && c <= '9') digit = c - '0';
    if (c >= 'a' && c <= 'f') digit = c - 'a' + 10;
    if (c >= 'A' && c <= 'F') digit = c - 'A' + 10;
    if (digit >= base) return not_a_number;
    value = value * base + digit;
  }
  return digits.empty() ? not_a_number : value;
}

}  // namespace

double number_of(std::string_view text) {
  text = trim_javascript(text);
  if (text.empty()) return 0;
  if (text.size() > 1 && text[0] == '0') {
    const char kind = static_cast<char>(text[1] | 0x20);
    if (kind == 'x') return whole_number(text.substr(2), 16);
    if (kind == 'o') return whole_number(text.substr(2), 8);
    if (kind == 'b') return whole_number(text.substr(2), 2);
  }
  const bool negative = text.starts_with('-');
  std::string_view digits = text;
  if (negative || digits.starts_with('+')) digits.remove_prefix(1);
  double value = 0;
  if (digits == "Infinity") {
    value = std::numeric_limits<double>::infinity();
  } else {
    // from_chars would also take "inf" and "nan".
    if (digits.find_first_not_of("0123456789.eE+-") != std::string_view::npos) return not_a_number;
    if (digits.empty() || digits[0] == '-' || digits[0] == '+') return not_a_number;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (error == std::errc::invalid_argument || end != digits.data() + digits.size()) {
      return not_a_number;
    }
    if (error == std::errc::result_out_of_range)
      value = std::strtod(std::string(digits).c_str(), nullptr);
  }
  return negative ? -value : value;
}

std::string number_text(double number) {
  if (std::isnan(number)) return "NaN";
  if (std::isinf(number)) return number < 0 ? "-Infinity" : "Infinity";
  if (number == 0) return "0";
  if (number == std::trunc(number) && std::abs(number) < 1e21) return fmt::format("{:.0f}", number);
  return fmt::format("{}", number);
}

bool is_array_index(std::string_view name) {
  constexpr double most = 4294967295;
  const bool digits = !name.empty() && name.size() <= 10 &&
                      name.find_first_not_of("0123456789") == std::string_view::npos;
  return digits && (name == "0" || name[0] != '0') && number_of(name) < most;
}

}  // namespace crun::executor::builtin
