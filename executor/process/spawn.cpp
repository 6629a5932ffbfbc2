#include "executor/process/spawn.hpp"

#include <cassert>
#include <csignal>

#include <spawn.h>

namespace crun::executor {

namespace {

/// posix_spawn's two option objects, freed together.
class SpawnOptions {
 public:
  SpawnOptions() {
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
  }
  ~SpawnOptions() {
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
  }
  SpawnOptions(const SpawnOptions&) = delete;
  SpawnOptions& operator=(const SpawnOptions&) = delete;

  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
};

std::vector<char*> pointers(std::vector<std::string>& lines) {
  std::vector<char*> result;
  result.reserve(lines.size() + 1);
  for (std::string& line : lines) result.push_back(line.data());
  result.push_back(nullptr);
  return result;
}

}  // namespace

int spawn(const SpawnPlan& plan, pid_t& pid) {
  // A source below 3 would be overwritten by an earlier dup2; ours never are, 0 to 2 are open.
  assert(plan.in > 2 && plan.out > 2 && plan.err > 2);
  SpawnOptions options;
  posix_spawn_file_actions_adddup2(&options.actions, plan.in, 0);
  posix_spawn_file_actions_adddup2(&options.actions, plan.out, 1);
  posix_spawn_file_actions_adddup2(&options.actions, plan.err, 2);
  // Close-on-exec is not enough: libcurl 7.88 makes its sockets without it.
  if (plan.extra >= 0) posix_spawn_file_actions_adddup2(&options.actions, plan.extra, 3);
  posix_spawn_file_actions_addclosefrom_np(&options.actions, plan.extra >= 0 ? 4 : 3);
  if (!plan.directory.empty()) {
    posix_spawn_file_actions_addchdir_np(&options.actions, plan.directory.c_str());
  }

  // We ignore SIGPIPE and block what the event loop reads; a program must find the defaults.
  sigset_t every, none;
  sigfillset(&every);
  sigemptyset(&none);
  posix_spawnattr_setsigdefault(&options.attributes, &every);
  posix_spawnattr_setsigmask(&options.attributes, &none);
  short flags = POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK;
  if (plan.own_group) flags |= POSIX_SPAWN_SETPGROUP;
  if (plan.session) flags |= POSIX_SPAWN_SETSID;
  posix_spawnattr_setflags(&options.attributes, flags);

  std::vector<std::string> arguments = plan.argv;
  std::vector<std::string> environment = plan.environment.lines();
  return posix_spawn(
      &pid,
      plan.program.c_str(),
      &options.actions,
      &options.attributes,
      pointers(arguments).data(),
      pointers(environment).data());
}

}  // namespace crun::executor
