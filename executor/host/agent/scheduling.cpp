#include "executor/host/agent/scheduling.hpp"

#include <sys/syscall.h>
#include <unistd.h>

#include <sched.h>

namespace crun::executor::agent {

namespace {

/// musl's functions of these names do nothing: it takes policies for those of threads.
bool set_policy(int policy) {
  const sched_param none{};
  return ::syscall(SYS_sched_setscheduler, 0, policy, &none) == 0;
}

}  // namespace

Scheduling::Scheduling() : ours_(::syscall(SYS_sched_getscheduler, 0) == SCHED_OTHER) {}

void Scheduling::give_way(bool wanted) {
  if (!ours_ || wanted == gives_way_) return;
  ours_ = set_policy(wanted ? SCHED_BATCH : SCHED_OTHER);
  if (ours_) gives_way_ = wanted;
}

void stop_giving_way() {
  set_policy(SCHED_OTHER);
}

}  // namespace crun::executor::agent
