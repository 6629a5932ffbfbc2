// Inputs of workflow_dispatch and workflow_call: types, defaults, what is missing or unknown.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "workflow/expression/value.hpp"
#include "workflow/model/trigger.hpp"
#include "workflow/source/diagnostic.hpp"

namespace crun::workflow {

struct ResolvedInputs {
  /// Typed, as the `inputs` context has them: booleans and numbers stay what they are.
  Object typed;
  /// As text, as `github.event.inputs` has them.
  Object text;
};

/// Checks given values against the definitions. An unknown name, a missing required input, a value
/// that is no option or not of the type is an error that names the input and what is possible.
ResolvedInputs resolve_dispatch_inputs(
    const SourcePtr& source,
    const EventTrigger& trigger,
    const std::map<std::string, std::string>& given,
    Diagnostics& diagnostics);

}  // namespace crun::workflow
