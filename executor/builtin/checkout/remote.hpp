// A checkout through the git program, as the original does it: of another repository than the one
// being run, or of this one on a machine that has no copy of it.
//
// The sequence of commands differs with the original's version (docker-actions.md 8); commands that
// only look for leftovers of an earlier checkout are left out where there can be none.
#pragma once

#include "executor/builtin/action_runtime.hpp"
#include "executor/builtin/checkout/settings.hpp"

namespace crun::executor::builtin::checkout {

void check_out_remote(ActionRuntime& runtime, Settings& settings);

}  // namespace crun::executor::builtin::checkout
