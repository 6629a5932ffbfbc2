#include "workflow/source/number.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <system_error>

#include "workflow/source/unicode.hpp"

namespace crun::workflow {

namespace {

constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();

bool is_digit(char byte) {
  return byte >= '0' && byte <= '9';
}

// 0x and 0o are 32 bits wide in .NET, and signed: 0xFFFFFFFF is -1.
double parse_32_bits(std::string_view digits, int base) {
  const auto first = digits.find_first_not_of('0');
  if (digits.empty()) return not_a_number;
  if (first == std::string_view::npos) return 0;
  std::uint32_t value = 0;
  const auto* end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data() + first, end, value, base);
  if (error != std::errc() || stop != end) return not_a_number;
  return static_cast<std::int32_t>(value);
}

}  // namespace

std::string format_number(double number) {
  if (std::isnan(number)) return "NaN";
  if (std::isinf(number)) return number > 0 ? "Infinity" : "-Infinity";
  if (number == 0) return "0";
  std::array<char, 32> text{};
  // The C format %.15G is .NET's G15: the same digits, the same switch to an exponent.
  const auto end =
      std::to_chars(text.data(), text.data() + text.size(), number, std::chars_format::general, 15)
          .ptr;
  std::string formatted(text.data(), end);
  const auto exponent = formatted.find('e');
  if (exponent != std::string::npos) formatted[exponent] = 'E';
  return formatted;
}

double parse_decimal(std::string_view text) {
  std::string_view digits = text;
  if (digits.starts_with('+')) digits.remove_prefix(1);
  const auto first = digits.starts_with('-') && digits.size() == text.size() ? 1U : 0U;
  if (digits.size() <= first || !(is_digit(digits[first]) || digits[first] == '.')) {
    return not_a_number;
  }
  double number = 0;
  const auto* end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, number);
  if (stop != end || error == std::errc::invalid_argument) return not_a_number;
  // from_chars does not say whether a number was too large or too small.
  if (error == std::errc::result_out_of_range)
    return std::strtod(std::string(digits).c_str(), nullptr);
  return number;
}

double parse_number(std::string_view text) {
  text = trim(text);
  if (text.empty()) return 0;
  if (text.starts_with("0x")) return parse_32_bits(text.substr(2), 16);
  if (text.starts_with("0o")) return parse_32_bits(text.substr(2), 8);
  const auto number = parse_decimal(text);
  if (!std::isnan(number)) return number;
  const bool negative = text.front() == '-';
  if (negative || text.front() == '+') text.remove_prefix(1);
  // .NET reads its own name of infinity in any case.
  if (equal_ignoring_case(text, "Infinity")) return negative ? -infinity : infinity;
  return not_a_number;
}

}  // namespace crun::workflow
