// One run from start to exit code. Read engine.cpp from run_workflow() on: it is the program's
// table of contents.
#pragma once

#include "runner/engine/run_options.hpp"

namespace crun::runner {

/// `crun run`: returns the exit code. Throws UsageError for a wrong call; everything else is told
/// on stderr and in the last event.
int run_workflow(const RunOptions& options);

}  // namespace crun::runner
