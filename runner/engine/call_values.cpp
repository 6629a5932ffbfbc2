#include "runner/engine/call_values.hpp"

#include <cmath>

#include <fmt/format.h>

#include "workflow/expression/token.hpp"

namespace crun::runner {

using workflow::InputDefinition;
using workflow::Object;
using workflow::Scope;
using workflow::Value;

namespace {

const workflow::EventTrigger& trigger_of(const workflow::Workflow& called) {
  return *called.on.find("workflow_call");  // read_called_workflows has checked that
}

/// An expression's value as the input's type. What YAML says was checked when it was read.
Value typed(const InputDefinition& input, const workflow::Token& token, const Value& value) {
  const auto unexpected = [&] {
    return workflow::EvaluationError(workflow::with_place(
        token,
        fmt::format("Unexpected value '{}' for the input '{}'", value.to_string(), input.name)));
  };
  switch (input.type) {
    case InputDefinition::Type::boolean:
      if (value.kind() == Value::Kind::boolean) return value;
      if (value.is_null() || value.to_string().empty()) return Value(false);
      if (value.to_string() == "true") return Value(true);
      if (value.to_string() == "false") return Value(false);
      throw unexpected();
    case InputDefinition::Type::number: {
      const auto number = value.to_number();
      if (std::isnan(number)) throw unexpected();
      return Value(number);
    }
    default:
      if (value.is_object() || value.is_array()) throw unexpected();
      return Value(value.to_string());
  }
}

Value absent(InputDefinition::Type type) {
  if (type == InputDefinition::Type::boolean) return Value(false);
  if (type == InputDefinition::Type::number) return Value(0.0);
  return Value("");
}

}  // namespace

Object call_inputs(const workflow::Workflow& called, const workflow::Job& job, const Scope& scope) {
  Object inputs;
  for (const auto& input : trigger_of(called).inputs) {
    const auto* given = job.with ? job.with->find(input.name) : nullptr;
    const auto* token = given != nullptr ? given : input.default_value.get();
    inputs.set(
        input.name,
        token != nullptr ? typed(input, *token, evaluate(*token, scope)) : absent(input.type));
  }
  return inputs;
}

Object call_secrets(const workflow::Job& job, const Scope& scope, const Object& of_caller) {
  if (job.inherit_secrets) return of_caller;
  Object secrets;
  if (const auto* token = of_caller.find("GITHUB_TOKEN")) secrets.set("GITHUB_TOKEN", *token);
  if (!job.secrets) return secrets;
  auto with_secrets = scope;
  with_secrets.contexts.set("secrets", Value(of_caller));
  const auto given = evaluate(*job.secrets, with_secrets);
  if (!given.is_object()) return secrets;
  for (const auto& [name, value] : given.object()) secrets.set(name, value.to_string());
  return secrets;
}

std::vector<std::pair<std::string, std::string>> call_outputs(
    const workflow::Workflow& called, const Scope& scope) {
  std::vector<std::pair<std::string, std::string>> outputs;
  for (const auto& output : trigger_of(called).outputs) {
    if (!output.value) continue;
    auto value = evaluate_string(*output.value, scope);
    if (!value.empty()) outputs.emplace_back(output.name, std::move(value));
  }
  return outputs;
}

}  // namespace crun::runner
