// Runs a program to its end and waits: for built-in actions and for the few commands crun itself
// needs (docker, git). Steps go through a Host instead.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "executor/process/environment.hpp"
#include "executor/process/exit_status.hpp"

namespace crun::executor {

enum class Stream { out, err };

/// Gets the bytes as they come.
using OutputHandler = std::function<void(Stream, std::string_view)>;

struct Command {
  std::vector<std::string> argv;           // argv[0] is looked up on PATH
  std::optional<Environment> environment;  // absent: inherited
  std::filesystem::path directory;         // empty: inherited
  std::string input;                       // stdin; empty: /dev/null
  /// How long output may stay open after the program's end (a background child holds it).
  std::chrono::milliseconds drain{5000};
  /// So long it may say nothing before it is killed; 0: for ever.
  std::chrono::milliseconds silence{0};
  /// A descriptor: when it becomes readable the program is killed. -1: none.
  int stop = -1;
};

struct CommandResult {
  enum class Ended { itself, silent, stopped };

  Ended ended = Ended::itself;
  ExitStatus status = ExitStatus::from_code(0);
  std::string out;  // everything, also what the handler saw
  std::string err;
};

/// Started with posix_spawn; no descriptor but 0, 1, 2 is inherited. Within a built-in action the
/// program is below the agent, which ends it with the step. Throws Error when the program cannot
/// be started ("cannot start docker: No such file or directory").
CommandResult run_command(const Command& command, const OutputHandler& on_output = {});

/// The program's path on a PATH, or nothing.
std::optional<std::filesystem::path> find_program(std::string_view name, std::string_view path);

}  // namespace crun::executor
