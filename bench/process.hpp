// Runs a program as a measurer does: from just before its start to just after its end, with the
// processor time of it and of all it waited for.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <sys/types.h>

namespace crun::bench {

struct Program {
  std::vector<std::string> arguments;          // the first is the program, found in PATH
  std::filesystem::path folder = {};           // where it stands; empty: here
  std::vector<std::string> environment = {};   // "NAME=VALUE", over this process's own
  std::filesystem::path output = "/dev/null";  // both streams
  int seconds = 120;                           // then it is killed
};

struct Cost {
  double wall_ms = 0;
  double cpu_ms = 0;
  double peak_mb = 0;  // the most memory that one process had
  double started = 0;  // CLOCK_REALTIME in seconds, just before the start
  int code = 0;        // 128 + signal where one ended it
};

/// Starts it and does not wait. Throws executor::Error if it cannot be started.
pid_t start(const Program& program);
/// Throws as that does.
Cost run(const Program& program);
/// The same; throws executor::Error with the end of the output if it does not end with 0.
Cost run_well(const Program& program);

}  // namespace crun::bench
