// The commands. Each adds its options to the parser and, when it was called, stores what to do.
#pragma once

#include <functional>

namespace CLI {
class App;
}

namespace crun::runner {

/// What was asked for: returns the exit code.
using Command = std::function<int()>;

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

}  // namespace crun::runner
