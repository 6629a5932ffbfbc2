// From `uses:` to something that can be run.
#pragma once

#include <string>

#include "executor/action/reference.hpp"

namespace crun::executor {

struct ResolvedAction {
  ActionReference reference;
  std::string version;  // of a built-in action: "v6.9.0"
};

/// Throws Error that names the action, why it cannot be run, and the cure.
ResolvedAction resolve_action(const std::string& uses);

}  // namespace crun::executor
