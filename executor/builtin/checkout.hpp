// The built-in actions/checkout.
#pragma once

#include "executor/builtin/action_runtime.hpp"

namespace crun::executor::builtin {

void run_checkout(ActionRuntime& runtime);

}  // namespace crun::executor::builtin
