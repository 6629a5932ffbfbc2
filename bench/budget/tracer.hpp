// Counts what a program and everything below it asks of the kernel: programs started and system
// calls, by program. No clock: the counts are the same on a busy machine.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "executor/process/environment.hpp"

namespace crun::bench {

struct Traced {
  int code = 0;
  std::map<std::string, long> started;       // program name -> times it was executed
  std::map<std::string, long> system_calls;  // of the processes that run the program, threads too
};

/// Runs a program to its end under ptrace. Throws executor::Error where that is not allowed.
Traced trace(
    const std::vector<std::string>& arguments,
    const std::string& folder,
    const executor::Environment& environment);

}  // namespace crun::bench
