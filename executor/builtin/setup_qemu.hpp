// The built-in docker/setup-qemu-action.
#pragma once

#include "executor/builtin/action_runtime.hpp"

namespace crun::executor::builtin {

void run_setup_qemu(ActionRuntime& runtime);

}  // namespace crun::executor::builtin
