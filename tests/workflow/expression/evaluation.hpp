// Evaluating in one line, for the tests of this folder.
#pragma once

#include <string>

#include "workflow/expression/expression.hpp"
#include "workflow/expression/json.hpp"

namespace crun::workflow {

/// A scope whose contexts are the members of a JSON object, and the names in it.
struct Setting {
  ExpressionNames names;
  Scope scope;

  explicit Setting(std::string_view contexts = "{}") {
    const auto all = from_json(contexts);
    for (const auto& [name, value] : all.object()) {
      names.contexts.push_back(name);
      scope.contexts.set(name, value);
    }
  }

  Value evaluate(std::string_view text) const {
    return workflow::evaluate(Expression::parse(text, names), scope);
  }
  /// The value as JSON text.
  std::string json(std::string_view text) const { return to_compact_json(evaluate(text)); }
  /// The message of the EvaluationError.
  std::string error(std::string_view text) const {
    try {
      evaluate(text);
    } catch (const EvaluationError& error) {
      return error.what();
    }
    return "no error";
  }
};

}  // namespace crun::workflow
