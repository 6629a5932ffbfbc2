// The git program, for what the library cannot do: fetch as the user's git is set up to, and sparse
// checkouts. It never asks questions, and never waits long for a silent server.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "executor/builtin/action_runtime.hpp"

namespace crun::executor::builtin::checkout {

class GitProgram {
 public:
  GitProgram(ActionRuntime& runtime, std::filesystem::path directory);

  struct Outcome {
    int code = 0;
    std::string out, err;  // without white space at the end
  };

  /// Shows the command and its output in the log; a failure ends the action in the original's
  /// words ("The process '/usr/bin/git' failed with exit code 128").
  void run(const std::vector<std::string>& arguments);
  /// Shows nothing and does not fail.
  Outcome ask(const std::vector<std::string>& arguments) const;
  /// `run` that gives its outcome instead of failing.
  Outcome try_run(const std::vector<std::string>& arguments);
  [[noreturn]] void fail(int code) const;

 private:
  Outcome start(const std::vector<std::string>& arguments, bool silent) const;

  ActionRuntime& runtime_;
  std::filesystem::path directory_;
  std::string program_;
};

}  // namespace crun::executor::builtin::checkout
