// The built-in dorny/paths-filter: which of the named groups of files a push or pull request
// changed.
#pragma once

#include "executor/builtin/action_runtime.hpp"

namespace crun::executor::builtin {

void run_paths_filter(ActionRuntime& runtime);

}  // namespace crun::executor::builtin
