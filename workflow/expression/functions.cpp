#include "workflow/expression/functions.hpp"

#include <array>
#include <cassert>
#include <charconv>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "workflow/expression/evaluator.hpp"
#include "workflow/expression/json.hpp"
#include "workflow/source/unicode.hpp"

namespace crun::workflow {

namespace {

using Builtin = BuiltinFunction;

// In the order of BuiltinFunction.
constexpr std::array<BuiltinSignature, 8> signatures = {{
    {Builtin::case_, "case", 3, 255},
    {Builtin::contains, "contains", 2, 2},
    {Builtin::ends_with, "endsWith", 2, 2},
    {Builtin::format, "format", 1, 255},
    {Builtin::from_json, "fromJSON", 1, 1},
    {Builtin::join, "join", 1, 2},
    {Builtin::starts_with, "startsWith", 2, 2},
    {Builtin::to_json, "toJSON", 1, 1},
}};

// Reads a text without copying it if it is one already.
class Text {
 public:
  explicit Text(const Value& value)
      : held_(value.is_string() ? std::string() : value.to_string()),
        view_(value.is_string() ? std::string_view(value.string()) : std::string_view(held_)) {}
  Text(const Text&) = delete;
  Text& operator=(const Text&) = delete;
  operator std::string_view() const { return view_; }  // NOLINT: that is what it is for

 private:
  std::string held_;
  std::string_view view_;
};

// contains, startsWith and endsWith of two texts: false if either is an array or object.
template <typename Match>
Operand match_texts(const Operand& first, const Arguments& arguments, Match match) {
  if (!first.value().is_primitive()) return Operand::boolean(false);
  const auto second = arguments[1];
  if (!second.value().is_primitive()) return Operand::boolean(false);
  return Operand::boolean(match(Text(first.value()), Text(second.value())));
}

Operand contains(const Arguments& arguments) {
  const auto first = arguments[0];
  if (!first.value().is_array()) return match_texts(first, arguments, contains_ignoring_case);
  if (first.value().array().empty()) return Operand::boolean(false);
  const auto wanted = arguments[1];
  for (const auto& item : first.value().array()) {
    if (loosely_equal(wanted.value(), item)) return Operand::boolean(true);
  }
  return Operand::boolean(false);
}

Operand join(const Arguments& arguments) {
  const auto first = arguments[0];
  if (first.value().is_primitive()) return Value(first.value().to_string());
  if (!first.value().is_array()) return Value("");
  const auto& items = first.value().array();
  std::string separator = ",";
  if (items.size() > 1 && arguments.size() > 1) {
    const auto second = arguments[1];
    if (second.value().is_primitive()) separator = second.value().to_string();
  }
  std::string joined;
  for (std::size_t at = 0; at < items.size(); ++at) {
    if (at > 0) joined += separator;
    joined += Text(items[at]);
    arguments.check_size(joined.size());
  }
  return Value(std::move(joined));
}

Operand choose(const Arguments& arguments) {
  std::size_t at = 0;
  for (; at + 1 < arguments.size(); at += 2) {
    const auto condition = arguments[at];
    if (!condition.value().is_boolean()) {
      throw EvaluationError("case predicate must evaluate to a boolean value");
    }
    if (condition.value().boolean()) return arguments[at + 1];
  }
  return arguments[at];
}

std::string_view kind_name(const Value& value) {
  constexpr std::array<std::string_view, 6> names = {
      "Null", "Boolean", "Number", "String", "Array", "Object"};
  return names[static_cast<std::size_t>(value.kind())];
}

// A format string is read twice, as GitHub does it: all of it is checked, then the arguments that
// are mentioned are evaluated, each once.
class Formatter {
 public:
  Formatter(std::string_view format, const Arguments& arguments)
      : format_(format), arguments_(arguments), operands_(arguments.size()) {}

  std::string run() {
    read([](std::string_view) {}, [](std::size_t, std::string_view) {});
    std::string formatted;
    const auto append = [&](std::string_view text) {
      formatted += text;
      arguments_.check_size(formatted.size());
    };
    read(append, [&](std::size_t argument, std::string_view specifiers) {
      auto& operand = operands_[argument];
      if (!operand) operand = arguments_[argument];
      if (!specifiers.empty()) fail_specifiers(specifiers, operand->value());
      append(Text(operand->value()));
    });
    return formatted;
  }

 private:
  template <typename OnLiteral, typename OnArgument>
  void read(OnLiteral on_literal, OnArgument on_argument) {
    for (at_ = 0; at_ < format_.size();) {
      const auto brace = std::min(format_.find_first_of("{}", at_), format_.size());
      const bool escaped = brace < format_.size() && byte(brace + 1) == format_[brace];
      // The first of a pair of braces belongs to the literal.
      on_literal(format_.substr(at_, brace - at_ + (escaped ? 1 : 0)));
      at_ = brace + (escaped ? 2 : 0);
      if (escaped || brace == format_.size()) continue;
      if (format_[brace] == '}') fail();
      const auto argument = read_argument();
      const auto specifiers = read_specifiers();
      if (argument >= arguments_.size()) fail_argument();
      on_argument(argument, specifiers);
    }
  }

  // The number after the brace; the format itself is argument 0.
  std::size_t read_argument() {
    std::uint8_t number = 0;
    const auto* begin = format_.data() + at_ + 1;
    const auto* end = format_.data() + format_.size();
    const auto [stop, error] = std::from_chars(begin, end, number);
    if (error != std::errc()) fail();
    at_ = static_cast<std::size_t>(stop - format_.data());
    return std::size_t{number} + 1;
  }

  // What stands between a colon and the closing brace; }} is a brace in it.
  std::string_view read_specifiers() {
    const bool given = byte(at_) == ':';
    if (given) ++at_;
    const auto begin = at_;
    while (given && at_ < format_.size() && (byte(at_) != '}' || byte(at_ + 1) == '}')) {
      at_ += byte(at_) == '}' ? 2 : 1;
    }
    if (byte(at_) != '}') fail();
    return format_.substr(begin, at_++ - begin);
  }

  char byte(std::size_t at) const { return at < format_.size() ? format_[at] : '\0'; }

  [[noreturn]] void fail() const {
    throw EvaluationError(fmt::format("The following format string is invalid: {}", format_));
  }

  [[noreturn]] void fail_argument() const {
    throw EvaluationError(fmt::format(
        "The following format string references more arguments than were supplied: {}", format_));
  }

  [[noreturn]] static void fail_specifiers(std::string_view specifiers, const Value& value) {
    throw EvaluationError(fmt::format(
        "The format specifiers '{}' are not valid for objects of type '{}'",
        specifiers,
        kind_name(value)));
  }

  std::string_view format_;
  const Arguments& arguments_;
  std::size_t at_ = 0;
  std::vector<std::optional<Operand>> operands_;
};

Operand format(const Arguments& arguments) {
  const auto first = arguments[0];
  const Text text(first.value());
  return Value(Formatter(text, arguments).run());
}

Operand parse_json(const Arguments& arguments) {
  const auto first = arguments[0];
  try {
    return from_json(Text(first.value()));
  } catch (const JsonError& error) {
    throw EvaluationError(fmt::format("Error parsing fromJson: {}", error.what()));
  }
}

Operand print_json(const Arguments& arguments) {
  const auto first = arguments[0];
  try {
    return Value(to_json(first.value(), static_cast<std::size_t>(MemoryBudget::limit) / 2));
  } catch (const JsonError&) {
    arguments.check_size(static_cast<std::size_t>(MemoryBudget::limit));
    throw;
  }
}

}  // namespace

const BuiltinSignature* find_builtin(std::string_view name) {
  for (const auto& signature : signatures) {
    if (equal_ignoring_case(signature.name, name)) return &signature;
  }
  return nullptr;
}

const BuiltinSignature& signature_of(BuiltinFunction function) {
  assert(function != Builtin::none);
  return signatures[static_cast<std::size_t>(function) - 1];
}

Operand call_builtin(BuiltinFunction function, const Arguments& arguments) {
  switch (function) {
    case Builtin::case_:
      return choose(arguments);
    case Builtin::contains:
      return contains(arguments);
    case Builtin::ends_with:
      return match_texts(arguments[0], arguments, ends_ignoring_case);
    case Builtin::format:
      return format(arguments);
    case Builtin::from_json:
      return parse_json(arguments);
    case Builtin::join:
      return join(arguments);
    case Builtin::starts_with:
      return match_texts(arguments[0], arguments, starts_ignoring_case);
    case Builtin::to_json:
      return print_json(arguments);
    case Builtin::none:
      break;
  }
  return Value();
}

}  // namespace crun::workflow
