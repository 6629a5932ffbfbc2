// What a run takes over from the machine it runs on.
#pragma once

#include <filesystem>
#include <string>

#include "executor/process/environment.hpp"
#include "runner/engine/run_options.hpp"

namespace crun::runner {

/// The environment steps inherit: crun's own without secrets and without what another runner left.
executor::Environment machine_environment(const RunOptions& options);

/// --env, and in act mode ACT=true and CRUN=true: below the workflow's own env.
executor::Environment extra_environment(const RunOptions& options);

/// $DOCKER_CONFIG, else ~/.docker.
std::filesystem::path user_docker_config();

/// The path of this program.
std::string crun_program();

/// stdout is a terminal that wants colours (NO_COLOR is not set, TERM is not dumb).
bool wants_colours();

}  // namespace crun::runner
