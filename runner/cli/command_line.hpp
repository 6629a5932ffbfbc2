// The command line: `crun COMMAND ...` -> a function call. Adding a command: a function
// `add_<command>` in a file of its own, one line in command_line.cpp.
#pragma once

namespace crun::runner {

/// Parses, runs the command, and returns its exit code. The one place where what was thrown becomes
/// a message on stderr.
int run_command_line(int argc, char** argv);

}  // namespace crun::runner
