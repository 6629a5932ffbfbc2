// Values for the inputs of a dispatch come as text (from the command line, a form or a payload) and
// leave twice: typed for `inputs`, and as text for `github.event.inputs`.
#include "workflow/trigger/inputs.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "workflow/source/spelling.hpp"

namespace crun::workflow {

namespace {

using Type = InputDefinition::Type;

std::string quoted(const std::vector<std::string>& names) {
  std::vector<std::string> out;
  for (const auto& name : names) out.push_back("'" + name + "'");
  return fmt::format("{}", fmt::join(out, ", "));
}

// How to say it right: for the message's help.
std::string usage(const InputDefinition& input) {
  switch (input.type) {
    case Type::choice:
      return fmt::format(
          "--input {}=VALUE with one of these values:\n  {}",
          input.name,
          fmt::join(input.options, "\n  "));
    case Type::boolean:
      return fmt::format("--input {}=true or --input {}=false", input.name, input.name);
    case Type::number:
      return fmt::format("--input {}=NUMBER", input.name);
    case Type::environment:
      return fmt::format("--input {}=ENVIRONMENT", input.name);
    case Type::string:
      return fmt::format("--input {}=TEXT", input.name);
  }
  return "";
}

class DispatchInputs {
 public:
  DispatchInputs(const SourcePtr& source, const EventTrigger& trigger, Diagnostics& diagnostics)
      : source_(source), trigger_(trigger), diagnostics_(diagnostics) {}

  void check_names(const std::map<std::string, std::string>& given) {
    std::vector<std::string> names;
    for (const auto& input : trigger_.inputs) names.push_back(input.name);
    for (const auto& item : given) {
      if (find(item.first)) continue;
      const auto known = names.empty() ? std::string("it has no inputs")
                                       : fmt::format("its inputs are {}", quoted(names));
      auto& found = diagnostics_.error(
          source_,
          trigger_.span,
          "unknown-input",
          fmt::format("Unexpected input '{}' for {}: {}", item.first, trigger_.name, known));
      if (const auto near = nearest(item.first, names)) {
        found.help = fmt::format("did you mean '{}'?", *near);
      }
    }
  }

  void resolve(const InputDefinition& input, const std::string* given, ResolvedInputs& resolved) {
    // An empty field of a form is a value that was not given.
    if (input.required && (given ? given->empty() : !input.default_value)) {
      auto& found = error(input, fmt::format("Required input '{}' not provided", input.name));
      found.help = usage(input);
      return;
    }
    if (!given) {
      set(resolved, input, default_of(input));
    } else if (auto value = typed(input, *given)) {
      resolved.typed.set(input.name, std::move(*value));
      resolved.text.set(input.name, *given);
    }
  }

 private:
  const InputDefinition* find(std::string_view name) const {
    const auto found = std::find_if(
        trigger_.inputs.begin(), trigger_.inputs.end(), [&](const InputDefinition& input) {
          return compare_ignoring_case(input.name, name) == 0;
        });
    return found == trigger_.inputs.end() ? nullptr : &*found;
  }

  Diagnostic& error(const InputDefinition& input, std::string message) {
    return diagnostics_.error(source_, input.span, "input", std::move(message));
  }

  static void set(ResolvedInputs& resolved, const InputDefinition& input, Value value) {
    resolved.text.set(input.name, value.to_string());
    resolved.typed.set(input.name, std::move(value));
  }

  // As GitHub reads the scalar: an unquoted 3.10 is the number 3.1, also where text is wanted.
  static Value literal(const Token& token) {
    switch (token.kind) {
      case Token::Kind::boolean:
        return token.boolean;
      case Token::Kind::number:
        return token.number;
      default:
        return token.text;
    }
  }

  static Value default_of(const InputDefinition& input) {
    const auto value = input.default_value ? literal(*input.default_value) : Value("");
    switch (input.type) {
      case Type::boolean:
        return value.is_string() ? value.string() == "true" : value.truthy();
      case Type::number:
        return value.to_number();
      default:
        return value.to_string();
    }
  }

  // Nothing, and an error, if the text is none of the type.
  std::optional<Value> typed(const InputDefinition& input, const std::string& text) {
    switch (input.type) {
      case Type::boolean:
        if (text == "true" || text == "false") return Value(text == "true");
        if (text.empty()) return Value(false);
        wrong(input, text, "is not a boolean");
        return std::nullopt;
      case Type::number: {
        const auto number = Value(text).to_number();
        if (!std::isnan(number)) return Value(number);
        wrong(input, text, "is not a number");
        return std::nullopt;
      }
      case Type::choice: {
        const auto& options = input.options;
        if (text.empty() || std::find(options.begin(), options.end(), text) != options.end()) {
          return Value(text);
        }
        auto& found = wrong(input, text, "not in the list of allowed values");
        if (const auto near = nearest(text, options)) {
          found.help = fmt::format("did you mean '{}'?\n{}", *near, usage(input));
        }
        return std::nullopt;
      }
      default:
        return Value(text);
    }
  }

  Diagnostic& wrong(const InputDefinition& input, const std::string& text, const std::string& why) {
    auto& found =
        error(input, fmt::format("Provided value '{}' for input '{}' {}", text, input.name, why));
    found.help = usage(input);
    return found;
  }

  const SourcePtr& source_;
  const EventTrigger& trigger_;
  Diagnostics& diagnostics_;
};

}  // namespace

ResolvedInputs resolve_dispatch_inputs(
    const SourcePtr& source,
    const EventTrigger& trigger,
    const std::map<std::string, std::string>& given,
    Diagnostics& diagnostics) {
  ResolvedInputs resolved;
  DispatchInputs inputs(source, trigger, diagnostics);
  inputs.check_names(given);
  for (const auto& input : trigger.inputs) {
    const auto value = std::find_if(given.begin(), given.end(), [&](const auto& item) {
      return compare_ignoring_case(item.first, input.name) == 0;
    });
    inputs.resolve(input, value == given.end() ? nullptr : &value->second, resolved);
  }
  return resolved;
}

}  // namespace crun::workflow
