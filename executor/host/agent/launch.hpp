// Starts one program the way a step is started: in a process group of its own, with /dev/null as
// its input, gone when the agent goes.
#pragma once

#include <csignal>
#include <string_view>
#include <vector>

#include <sys/types.h>

#include "executor/host/agent/protocol.hpp"

namespace crun::executor::agent {

/// What to start; the texts end with a NUL each and live in the caller's buffer.
struct LaunchPlan {
  std::vector<char*> argv;  // ends with a null, as does environment
  std::vector<char*> environment;
  const char* directory = "";  // empty: the agent's own
  int null = -1, out = -1, err = -1;
  int script = -1;         // becomes 3, where given
  bool gives_way = false;  // the agent does (scheduling.hpp), the program is not to
};

struct LaunchResult {
  pid_t pid = -1;
  StartStage stage = StartStage::prepare;
  int error = 0;  // errno of the stage; 0: it runs
};

LaunchResult launch(const LaunchPlan& plan);

/// Signals that the agent ignores, itself or because its parent did: only these would stay as they
/// are over an exec, and asking once is cheaper than setting all of them for each step.
const sigset_t& ignored_signals();

}  // namespace crun::executor::agent
