// The build context when a workflow names none: the repository at GitHub, at the commit of the run.
#pragma once

#include <string>
#include <string_view>

#include "executor/builtin/action_runtime.hpp"

namespace crun::executor::builtin {

/// How inputs name it.
inline constexpr std::string_view default_context_expression = "{{defaultContext}}";

/// "https://github.com/owner/repo.git#<commit or ref>" (docker-actions.md 3.3).
std::string default_git_context(const ActionRuntime& runtime);

}  // namespace crun::executor::builtin
