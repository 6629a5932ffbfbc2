// The built-in docker/metadata-action, versions 3 and newer: tags, labels and annotations of an
// image from the event that runs the workflow.
#pragma once

#include "executor/builtin/action_runtime.hpp"

namespace crun::executor::builtin {

void run_metadata(ActionRuntime& runtime);

}  // namespace crun::executor::builtin
