// What passes between a workflow and one that it calls: inputs and secrets down, outputs up
// (runner.md 1.12.3).
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "workflow/expression/expression.hpp"
#include "workflow/model/workflow.hpp"

namespace crun::runner {

/// The `inputs` context of the called workflow: what the job gives, typed, else the defaults.
/// Throws EvaluationError.
workflow::Object call_inputs(
    const workflow::Workflow& called, const workflow::Job& job, const workflow::Scope& scope);

/// Its `secrets`: the caller's all, or what the job gives; GITHUB_TOKEN always.
workflow::Object call_secrets(
    const workflow::Job& job, const workflow::Scope& scope, const workflow::Object& of_caller);

/// Its outputs; `scope` has the context `jobs`. Empty ones are left out, as on GitHub.
std::vector<std::pair<std::string, std::string>> call_outputs(
    const workflow::Workflow& called, const workflow::Scope& scope);

}  // namespace crun::runner
