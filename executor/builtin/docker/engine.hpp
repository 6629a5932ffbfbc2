// Is there a docker engine? docker itself may wait long for one that is not.
#pragma once

#include "executor/builtin/action_runtime.hpp"

namespace crun::executor::builtin {

/// Fails with the address of an engine that does not answer within seconds. Looks only where
/// $DOCKER_HOST says; of contexts docker knows more.
void check_engine(const ActionRuntime& runtime);

}  // namespace crun::executor::builtin
