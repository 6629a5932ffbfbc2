// The built-in docker/login-action.
#pragma once

#include "executor/builtin/action_runtime.hpp"

namespace crun::executor::builtin {

void run_login(ActionRuntime& runtime);

}  // namespace crun::executor::builtin
