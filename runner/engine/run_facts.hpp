// What the options and the prepared workflow say to the jobs of a run and to their scheduler.
#pragma once

#include <memory>
#include <string>

#include "executor/context/job_request.hpp"
#include "executor/log/masker.hpp"
#include "runner/config/paths.hpp"
#include "runner/engine/prepare.hpp"
#include "runner/engine/run_folders.hpp"
#include "runner/engine/run_options.hpp"
#include "runner/engine/scheduler.hpp"

namespace crun::runner {

/// One that knows the secrets given.
std::shared_ptr<executor::Masker> make_masker(const RunOptions& options);

executor::RunFacts make_facts(
    const RunOptions& options,
    const PreparedRun& prepared,
    const std::string& run_id,
    const RunFolders& folders,
    const Paths& paths,
    std::shared_ptr<executor::Masker> masker);

/// Those of the jobs of a called workflow, which have inputs, secrets and env of their own.
executor::RunFacts called_facts(const executor::RunFacts& of_caller, const CallFacts& call);

SchedulerOptions scheduler_options(const RunOptions& options);

}  // namespace crun::runner
