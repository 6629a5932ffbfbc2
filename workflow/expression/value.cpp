#include "workflow/expression/value.hpp"

#include <cmath>
#include <limits>
#include <optional>

namespace crun::workflow {

namespace {

// Smaller objects are searched one by one.
constexpr std::size_t indexed_from = 12;

constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

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
  if (left.is_string() && right.is_string()) {
    return equal_ignoring_case(left.string(), right.string());
  }
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

}  // namespace crun::workflow
