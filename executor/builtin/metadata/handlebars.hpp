// The part of Handlebars 4.7 that tag rules and labels can use: mustaches, escaping, paths, blocks
// (if, unless, each, with, inverse chains, block parameters), lookup, comments, `~`, raw blocks.
//
// Escaping is on, as the original compiles without `noEscape`: a branch `a=b` becomes `a&#x3D;b`
// before a tag is cleaned. Values of the context may be functions; a mustache calls them. Partials
// and decorators are refused; lines that hold nothing but a block tag are not removed.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace crun::executor::builtin::handlebars {

/// "Parse error on line 1: ...", "Missing helper: ...": the original's texts.
struct TemplateError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct Undefined {
  bool operator==(const Undefined&) const = default;
};
struct Null {
  bool operator==(const Null&) const = default;
};

class Value;
/// What a function of the context was called with; no parameters at all in `{{date}}`.
struct Arguments {
  std::vector<Value> parameters;
  /// In the order in which JavaScript would list them: the last one written first.
  std::vector<std::pair<std::string, Value>> hash;
};
using Function = std::function<Value(const Arguments&)>;
using List = std::vector<Value>;
/// Keys in the order in which `each` visits them.
using Object = std::vector<std::pair<std::string, Value>>;

/// A JavaScript value. Lists, objects and functions are shared, as there.
class Value {
 public:
  Value() = default;
  Value(Null) : data_(Null{}) {}
  Value(bool flag) : data_(flag) {}
  Value(int number) : data_(static_cast<double>(number)) {}
  Value(double number) : data_(number) {}
  Value(const char* text) : data_(std::string(text)) {}
  Value(std::string text) : data_(std::move(text)) {}
  Value(std::string_view text) : data_(std::string(text)) {}
  Value(List list) : data_(std::make_shared<const List>(std::move(list))) {}
  Value(Object object) : data_(std::make_shared<const Object>(std::move(object))) {}
  Value(Function function) : data_(std::make_shared<const Function>(std::move(function))) {}

  bool is_undefined() const { return std::holds_alternative<Undefined>(data_); }
  /// undefined or null.
  bool is_nothing() const { return is_undefined() || std::holds_alternative<Null>(data_); }
  const bool* boolean() const { return std::get_if<bool>(&data_); }
  const double* number() const { return std::get_if<double>(&data_); }
  const std::string* string() const { return std::get_if<std::string>(&data_); }
  const List* list() const { return get_shared<List>(); }
  const Object* object() const { return get_shared<Object>(); }
  const Function* function() const { return get_shared<Function>(); }

  /// What `if (value)` says.
  bool truthy() const;
  /// What `'' + value` gives; nothing becomes ''.
  std::string text() const;
  /// An own property, or undefined.
  Value property(std::string_view name) const;
  /// The same value, for containers the same one.
  bool same(const Value& other) const { return data_ == other.data_; }

 private:
  template <typename Type>
  const Type* get_shared() const {
    const auto* pointer = std::get_if<std::shared_ptr<const Type>>(&data_);
    return pointer ? pointer->get() : nullptr;
  }

  std::variant<
      Undefined,
      Null,
      bool,
      double,
      std::string,
      std::shared_ptr<const List>,
      std::shared_ptr<const Object>,
      std::shared_ptr<const Function>>
      data_;
};

/// Expands a template. Throws TemplateError, and whatever a function of the context throws.
std::string render(std::string_view text, const Value& context);

/// Is the template nothing but one mustache of this name, such as `{{raw}}`?
bool is_single_mustache(std::string_view text, std::string_view name);

/// & < > " ' ` = as HTML entities.
std::string escape_html(std::string_view text);

}  // namespace crun::executor::builtin::handlebars
