// Steps on this machine that see it read-only: the agent is started by bubblewrap, with a process
// tree, /tmp, /run and /dev of its own. What the job may write is bound over the rest.
#pragma once

#include <string>
#include <vector>

#include "executor/process/environment.hpp"

namespace crun::executor {

struct SandboxFolders {
  std::vector<std::string> hidden;    // shown empty, but for what is named below
  std::vector<std::string> readable;  // shown also where /tmp would hide them
  std::vector<std::string> writable;
  std::string temp;  // becomes /tmp
};

/// What to put before the agent's own command line. Throws Error when there is no bubblewrap.
std::vector<std::string> sandbox_command(const Environment& machine, const SandboxFolders& folders);

}  // namespace crun::executor
