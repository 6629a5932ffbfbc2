// Calls of go-task in scripts: tasks that no Taskfile has.
#pragma once

#include "workflow/lint/filter_flow.hpp"

namespace crun::workflow {

void check_tasks(const Survey& survey, const std::vector<FilterFlow>& flows);

}  // namespace crun::workflow
