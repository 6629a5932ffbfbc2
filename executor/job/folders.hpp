// The folders of a job, made fresh for each leg.
#pragma once

#include <string>

#include "executor/context/job_request.hpp"
#include "executor/context/job_state.hpp"

namespace crun::executor {

/// Makes the job's folders below those of the run (mode 0700) and writes the event file. Throws
/// Error.
JobFolders make_folders(const RunFacts& run, const JobRequest& job);

/// A file-system friendly form of a leg's id.
std::string folder_name(const std::string& job_id);

}  // namespace crun::executor
