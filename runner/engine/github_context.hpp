// The `github` context of a run, without what belongs to a job or a step (runner.md 1.10).
#pragma once

#include <string>

#include "runner/engine/local_event.hpp"
#include "workflow/expression/value.hpp"
#include "workflow/model/workflow.hpp"

namespace crun::runner {

workflow::Object github_context(
    const RunEvent& event,
    const workflow::Workflow& workflow,
    const std::string& path,
    const std::string& run_id,
    const std::string& token);

/// What the `job` context says of the file that a job stands in: here of this repository.
workflow::Object workflow_file_context(const workflow::Object& github, const std::string& path);

}  // namespace crun::runner
