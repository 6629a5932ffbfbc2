// The built-in docker/setup-buildx-action.
#pragma once

#include "executor/builtin/action_runtime.hpp"

namespace crun::executor::builtin {

void run_setup_buildx(ActionRuntime& runtime);

}  // namespace crun::executor::builtin
