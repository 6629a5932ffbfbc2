#include "executor/process/exit_status.hpp"

#include <cstring>

#include <sys/wait.h>

namespace crun::executor {

ExitStatus ExitStatus::from_wait(int raw) {
  if (WIFSIGNALED(raw)) return from_signal(WTERMSIG(raw));
  return from_code(WEXITSTATUS(raw));
}

std::string ExitStatus::text() const {
  if (!signalled()) return "exit code " + std::to_string(code_);
  const char* name = sigabbrev_np(signal_);
  std::string text = "killed by signal " + std::to_string(signal_);
  return name ? text + " (" + name + ")" : text;
}

}  // namespace crun::executor
