// The build context when a workflow names none: the repository at GitHub, at the commit of the run.
#pragma once

#include <string>

#include "executor/builtin/action_runtime.hpp"

namespace crun::executor::builtin {

/// "https://github.com/owner/repo.git#<commit or ref>" (docker-actions.md 3.3).
std::string default_git_context(const ActionRuntime& runtime);

}  // namespace crun::executor::builtin
