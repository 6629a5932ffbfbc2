// What people need to know beyond buildx's last line (docker-actions.md 3.6).
#pragma once

#include <string>
#include <string_view>

#include "executor/builtin/action_runtime.hpp"
#include "executor/builtin/build_push/build_inputs.hpp"
#include "executor/builtin/build_push/build_progress.hpp"

namespace crun::executor::builtin {

struct BuildFailure {
  std::string message;              // one or more lines
  ActionRuntime::Properties place;  // file and line, when the Dockerfile is to blame
};

/// `last_line` is buildx's error without the prefix of the action.
BuildFailure explain_failure(
    const ActionRuntime& runtime,
    const BuildInputs& inputs,
    const BuildProgress& progress,
    const std::string& last_line);

/// The Dockerfile of the build as a path from the workspace; empty for remote contexts.
std::string dockerfile_path(const BuildInputs& inputs);

/// Why docker would refuse a tag, or ''.
std::string trouble_with_tag(std::string_view tag);

}  // namespace crun::executor::builtin
