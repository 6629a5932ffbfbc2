// A condition of which not everything is known yet: `false && steps.x.outputs.y` is false whatever
// the step will say.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "workflow/expression/expression.hpp"

namespace crun::workflow {

/// Is this path ("steps.x.outputs.y") or function ("hashfiles()", in lower case) known?
using Known = std::function<bool(std::string_view)>;

/// Is the expression's value true to GitHub? Nothing if that hangs on what is not known. Throws
/// EvaluationError.
std::optional<bool> truthy_so_far(
    const Expression& expression, const Scope& scope, const Known& known);

}  // namespace crun::workflow
