// A workflow as JSON in the form of GitHub's cross-language parser tests (the pack's README).
#pragma once

#include <nlohmann/json.hpp>

#include "workflow/model/called_workflows.hpp"
#include "workflow/model/workflow.hpp"

namespace crun::conformance {

struct ModelJsonOptions {
  bool source = false;  // tokens with file, line and column
  bool events = false;
};

nlohmann::ordered_json to_json(
    const workflow::Workflow& workflow,
    const workflow::CalledWorkflows& called,
    const ModelJsonOptions& options);

}  // namespace crun::conformance
