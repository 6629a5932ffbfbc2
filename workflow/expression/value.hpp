// A value of GitHub's expression language, with GitHub's coercions and comparisons.
#pragma once

#include <concepts>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

#include "workflow/source/number.hpp"
#include "workflow/source/unicode.hpp"

namespace crun::workflow {

class Value;

using Array = std::vector<Value>;

/// Ordered; names are found ignoring case (ordinal, each character upper-cased) unless the object
/// is made case-sensitive, as `env` is on Linux.
class Object {
  using Members = std::vector<std::pair<std::string, Value>>;

 public:
  Object() = default;
  explicit Object(bool case_sensitive);

  /// Sets a member; an existing one keeps its place and its spelling.
  void set(std::string name, Value value);
  /// The member, or null.
  const Value* find(std::string_view name) const;
  void erase(std::string_view name);

  bool case_sensitive() const { return case_sensitive_; }
  std::size_t size() const;
  bool empty() const;
  Members::const_iterator begin() const;
  Members::const_iterator end() const;

 private:
  /// The place of a member, or size().
  std::size_t place(std::string_view name) const;
  std::string key(std::string_view name) const;
  void index_all();

  bool case_sensitive_ = false;
  Members members_;
  /// Only of large objects: key(name) -> place.
  std::unordered_map<std::string, std::size_t> index_;
};

/// What becomes a number: neither true nor 'a' does.
template <typename Type>
concept Numeric =
    std::is_arithmetic_v<Type> && !std::same_as<Type, bool> && !std::same_as<Type, char>;

/// Arrays and objects are shared and immutable once in a Value: copies are cheap, and `==` on them
/// is identity, as GitHub defines it.
class Value {
 public:
  enum class Kind { null, boolean, number, string, array, object };

  Value() = default;
  // Templates, so that no pointer becomes a boolean and no integer is ambiguous.
  template <std::same_as<bool> Boolean>
  Value(Boolean value) : data_(value) {}  // NOLINT: implicit on purpose, as are all below
  template <Numeric Number>
  Value(Number value) : data_(static_cast<double>(value)) {}    // NOLINT
  Value(std::string value) : data_(std::move(value)) {}         // NOLINT
  Value(std::string_view value) : data_(std::string(value)) {}  // NOLINT
  Value(const char* value) : data_(std::string(value)) {}       // NOLINT
  Value(Array value);                                           // NOLINT
  Value(Object value);                                          // NOLINT

  Kind kind() const { return static_cast<Kind>(data_.index()); }
  bool is_null() const { return kind() == Kind::null; }
  bool is_boolean() const { return kind() == Kind::boolean; }
  bool is_number() const { return kind() == Kind::number; }
  bool is_string() const { return kind() == Kind::string; }
  bool is_array() const { return kind() == Kind::array; }
  bool is_object() const { return kind() == Kind::object; }
  /// Null, boolean, number or string.
  bool is_primitive() const { return !is_array() && !is_object(); }

  /// The stored value; the kind must be right.
  bool boolean() const { return std::get<bool>(data_); }
  double number() const { return std::get<double>(data_); }
  const std::string& string() const { return std::get<std::string>(data_); }
  const Array& array() const { return *std::get<std::shared_ptr<const Array>>(data_); }
  const Object& object() const { return *std::get<std::shared_ptr<const Object>>(data_); }

  /// GitHub's truthiness: null, false, 0, -0, NaN and '' are false.
  bool truthy() const;
  /// GitHub's number: '' is 0, what does not parse is NaN.
  double to_number() const;
  /// GitHub's text: null is '', numbers as .NET's G15, 'Array', 'Object'.
  std::string to_string() const;
  /// Member of an object, or null for anything else.
  const Value& operator[](std::string_view name) const;

  /// GitHub's `==` (strings ignoring case, mixed kinds as numbers, arrays and objects by identity).
  friend bool loosely_equal(const Value& left, const Value& right);

 private:
  std::variant<
      std::monostate,
      bool,
      double,
      std::string,
      std::shared_ptr<const Array>,
      std::shared_ptr<const Object>>
      data_;
};

// Here, where what the members are is known.
inline Object::Object(bool case_sensitive) : case_sensitive_(case_sensitive) {}
inline std::size_t Object::size() const {
  return members_.size();
}
inline bool Object::empty() const {
  return members_.empty();
}
inline Object::Members::const_iterator Object::begin() const {
  return members_.begin();
}
inline Object::Members::const_iterator Object::end() const {
  return members_.end();
}

bool loosely_equal(const Value& left, const Value& right);
/// GitHub's `<`: false wherever the two cannot be ordered.
bool loosely_less(const Value& left, const Value& right);

}  // namespace crun::workflow
