// The built-in dorny/paths-filter.
#pragma once

#include "executor/builtin/action_runtime.hpp"

namespace crun::executor::builtin {

void run_paths_filter(ActionRuntime& runtime);

}  // namespace crun::executor::builtin
