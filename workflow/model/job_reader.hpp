// `jobs:` after the schema was checked.
#pragma once

#include <vector>

#include "workflow/model/workflow.hpp"
#include "workflow/source/diagnostic.hpp"

namespace crun::workflow {

std::vector<Job> read_jobs(const Token& jobs, Diagnostics& diagnostics);

/// Unknown needs, cycles, and no job to begin with, in GitHub's words.
void check_needs(const Token& jobs_token, const std::vector<Job>& jobs, Diagnostics& diagnostics);

}  // namespace crun::workflow
