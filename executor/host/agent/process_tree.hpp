// The processes below the agent, as /proc tells them. Whatever a step starts stays below the
// agent, which is the subreaper: also what forked twice, made a session of its own, or lost its
// parent.
#pragma once

#include <cstdint>
#include <vector>

#include <sys/types.h>

namespace crun::executor::agent {

struct Process {
  pid_t pid, parent, group;
  std::uint64_t start;  // clock ticks since boot: with the pid the identity of a process
  bool zombie;
  bool chosen;
};

/// The time as Process::start counts it.
std::uint64_t ticks_now();

/// Every process there is that can be seen.
std::vector<Process> read_processes();
/// Chooses everything below the chosen ones.
void choose_descendants(std::vector<Process>& processes);
/// KILL for the chosen ones that live; how many were signalled.
int kill_chosen(const std::vector<Process>& processes);

}  // namespace crun::executor::agent
