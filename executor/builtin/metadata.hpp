// The built-in docker/metadata-action.
#pragma once

#include "executor/builtin/action_runtime.hpp"

namespace crun::executor::builtin {

void run_metadata(ActionRuntime& runtime);

}  // namespace crun::executor::builtin
