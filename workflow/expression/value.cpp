#include "workflow/expression/value.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <optional>
#include <system_error>

#include "workflow/expression/casing.hpp"

namespace crun::workflow {

namespace {

// Smaller objects are searched one by one.
constexpr std::size_t indexed_from = 12;

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

// The two sides of a comparison brought to one kind; kinds that cannot be compared are left apart.
struct Coerced {
  const Value* left;
  const Value* right;
  std::optional<Value> held_left;
  std::optional<Value> held_right;

  Coerced(const Value& left_value, const Value& right_value)
      : left(&left_value), right(&right_value) {
    while (left->kind() != right->kind()) {
      if (needs_number(*left, *right)) {
        left = &held_left.emplace(left->to_number());
      } else if (needs_number(*right, *left)) {
        right = &held_right.emplace(right->to_number());
      } else {
        return;
      }
    }
  }
  Coerced(const Coerced&) = delete;
  Coerced& operator=(const Coerced&) = delete;

  bool same_kind() const { return left->kind() == right->kind(); }

 private:
  static bool needs_number(const Value& value, const Value& other) {
    return value.is_null() || value.is_boolean() || (value.is_string() && other.is_number());
  }
};

}  // namespace

void Object::set(std::string name, Value value) {
  const auto at = place(name);
  if (at < members_.size()) {
    members_[at].second = std::move(value);
    return;
  }
  members_.emplace_back(std::move(name), std::move(value));
  if (members_.size() == indexed_from) {
    index_all();
  } else if (members_.size() > indexed_from) {
    index_.emplace(key(members_.back().first), at);
  }
}

const Value* Object::find(std::string_view name) const {
  const auto at = place(name);
  return at < members_.size() ? &members_[at].second : nullptr;
}

void Object::erase(std::string_view name) {
  const auto at = place(name);
  if (at == members_.size()) return;
  members_.erase(members_.begin() + static_cast<std::ptrdiff_t>(at));
  index_all();
}

std::size_t Object::place(std::string_view name) const {
  if (!index_.empty()) {
    const auto found = index_.find(key(name));
    return found == index_.end() ? members_.size() : found->second;
  }
  for (std::size_t at = 0; at < members_.size(); ++at) {
    const auto& member = members_[at].first;
    if (case_sensitive_ ? member == name : equal_ignoring_case(member, name)) return at;
  }
  return members_.size();
}

std::string Object::key(std::string_view name) const {
  return case_sensitive_ ? std::string(name) : fold(name);
}

void Object::index_all() {
  index_.clear();
  if (members_.size() < indexed_from) return;
  for (std::size_t at = 0; at < members_.size(); ++at) index_.emplace(key(members_[at].first), at);
}

Value::Value(Array value) : data_(std::make_shared<const Array>(std::move(value))) {}

Value::Value(Object value) : data_(std::make_shared<const Object>(std::move(value))) {}

bool Value::truthy() const {
  switch (kind()) {
    case Kind::null:
      return false;
    case Kind::boolean:
      return boolean();
    case Kind::number:
      return number() != 0 && !std::isnan(number());
    case Kind::string:
      return !string().empty();
    case Kind::array:
    case Kind::object:
      return true;
  }
  return false;
}

double Value::to_number() const {
  switch (kind()) {
    case Kind::null:
      return 0;
    case Kind::boolean:
      return boolean() ? 1 : 0;
    case Kind::number:
      return number();
    case Kind::string:
      return parse_number(string());
    case Kind::array:
    case Kind::object:
      return not_a_number;
  }
  return not_a_number;
}

std::string Value::to_string() const {
  switch (kind()) {
    case Kind::null:
      return {};
    case Kind::boolean:
      return boolean() ? "true" : "false";
    case Kind::number:
      return format_number(number());
    case Kind::string:
      return string();
    case Kind::array:
      return "Array";
    case Kind::object:
      return "Object";
  }
  return {};
}

const Value& Value::operator[](std::string_view name) const {
  static const Value null;
  const auto* member = is_object() ? object().find(name) : nullptr;
  return member ? *member : null;
}

bool loosely_equal(const Value& left, const Value& right) {
  const Coerced sides(left, right);
  if (!sides.same_kind()) return false;
  switch (sides.left->kind()) {
    case Value::Kind::string:
      return equal_ignoring_case(sides.left->string(), sides.right->string());
    case Value::Kind::null:
    case Value::Kind::boolean:
    case Value::Kind::number:
    case Value::Kind::array:   // shared pointers compare
    case Value::Kind::object:  // by identity
      return sides.left->data_ == sides.right->data_;
  }
  return false;
}

bool loosely_less(const Value& left, const Value& right) {
  const Coerced sides(left, right);
  if (!sides.same_kind()) return false;
  switch (sides.left->kind()) {
    case Value::Kind::boolean:
      return !sides.left->boolean() && sides.right->boolean();
    case Value::Kind::number:
      return sides.left->number() < sides.right->number();
    case Value::Kind::string:
      return compare_ignoring_case(sides.left->string(), sides.right->string()) < 0;
    case Value::Kind::null:
    case Value::Kind::array:
    case Value::Kind::object:
      return false;
  }
  return false;
}

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
