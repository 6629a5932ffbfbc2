// The commands. Each adds its options to the parser and, when it was called, stores what to do.
#pragma once

#include <functional>
#include <string_view>
#include <vector>

namespace CLI {
class App;
}

namespace crun::runner {

/// What was asked for, and in which words.
struct Command {
  std::function<int()> action;  // returns the exit code
  /// Of the command line. Empty: every option is to be added, for help and for suggestions.
  std::vector<std::string_view> words;

  /// Can one of these options ("-s,--secret") be among the words? Others need not be added: CLI11
  /// compares each name with every other one, and for forty that takes as long as reading a
  /// workflow.
  bool may_name(std::string_view options) const;
};

void add_run(CLI::App& app, Command& chosen);
void add_plan(CLI::App& app, Command& chosen);
void add_explain(CLI::App& app, Command& chosen);
void add_eval(CLI::App& app, Command& chosen);
void add_list(CLI::App& app, Command& chosen);
void add_cleanup(CLI::App& app, Command& chosen);
void add_serve(CLI::App& app, Command& chosen);
/// Those that ask the daemon: runs, logs, cancel, dispatch.
void add_runs(CLI::App& app, Command& chosen);
void add_logs(CLI::App& app, Command& chosen);
void add_cancel(CLI::App& app, Command& chosen);
void add_dispatch(CLI::App& app, Command& chosen);
/// Hidden: `crun builtin NAME STAGE VERSION`.
void add_builtin(CLI::App& app, Command& chosen);
void add_remote(CLI::App& app, Command& chosen);

}  // namespace crun::runner
