// The built-in docker/build-push-action.
#pragma once

#include "executor/builtin/action_runtime.hpp"

namespace crun::executor::builtin {

void run_build_push(ActionRuntime& runtime);

}  // namespace crun::executor::builtin
