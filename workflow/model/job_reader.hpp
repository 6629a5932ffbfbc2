// `jobs:` after the schema was checked.
#pragma once

#include <vector>

#include "workflow/model/workflow.hpp"
#include "workflow/source/diagnostic.hpp"

namespace crun::workflow {

std::vector<Job> read_jobs(const Token& jobs, Diagnostics& diagnostics);

}  // namespace crun::workflow
