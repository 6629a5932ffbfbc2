// The only place in crun that starts a program: posix_spawn, for its cost (fork takes 42 ms in a
// process of 1 GiB) and because nothing of ours may run in the child.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <sys/types.h>

#include "executor/process/environment.hpp"

namespace crun::executor {

struct SpawnPlan {
  std::string program;  // a path; not looked up
  std::vector<std::string> argv;
  Environment environment;  // complete
  std::filesystem::path directory;
  int in = -1, out = -1, err = -1;  // become 0, 1, 2
  int extra = -1;                   // becomes 3, where given; nothing else is inherited
  bool own_group = false;           // a process group of its own: not the terminal's
  bool session = false;             // the child leads a session and a process group of its own
};

/// The child has default signals, an empty signal mask and its descriptors. 0 is success,
/// else an errno (of the exec, the chdir or the fork).
int spawn(const SpawnPlan& plan, pid_t& pid);

}  // namespace crun::executor
