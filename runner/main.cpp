// The program. What it can do is listed in runner/cli/command_line.cpp; what a run does is in
// runner/engine/engine.cpp; what a job does is in executor/job/job_runner.cpp.

#include "runner/cli/command_line.hpp"

int main(int argc, char** argv) {
  return crun::runner::run_command_line(argc, argv);
}
