// Where the paths of a build lead. Steps in a container or a sandbox may put links in place of its
// files; the build reads and writes outside, where such a link leads to the machine's own.
#pragma once

#include "executor/builtin/action_runtime.hpp"
#include "executor/builtin/build_push/build_inputs.hpp"

namespace crun::executor::builtin {

/// Throws Failed when steps are kept apart from the machine and a path in the folders that they
/// share with it leads elsewhere.
void check_local_paths(const ActionRuntime& runtime, const BuildInputs& inputs);

}  // namespace crun::executor::builtin
