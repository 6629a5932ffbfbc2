// `jobs:` after the schema was checked.
#pragma once

#include <cstddef>
#include <vector>

#include "workflow/model/workflow.hpp"
#include "workflow/source/diagnostic.hpp"

namespace crun::workflow {

/// How many jobs there may be, counted over several files.
struct JobLimit {
  std::size_t most = 0;  // 0: any number
  std::size_t* count;
};

std::vector<Job> read_jobs(const Token& jobs, const JobLimit& limit, Diagnostics& diagnostics);

}  // namespace crun::workflow
