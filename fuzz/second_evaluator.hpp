// Expressions once more: the plainest walk over the tree, to compare the real evaluator with.
#pragma once

#include <optional>
#include <string>

#include "workflow/expression/expression.hpp"

namespace crun::fuzz {

/// The value by the words of GitHub's manual, without budgets, sharing or laziness beyond that of
/// `&&` and `||`; nothing where the expression calls what is not written again here.
std::optional<workflow::Value> evaluate_again(
    const workflow::Expression& expression, const workflow::Object& contexts);

/// The same expression with brackets around everything.
std::string with_brackets(const workflow::Expression& expression);

}  // namespace crun::fuzz
