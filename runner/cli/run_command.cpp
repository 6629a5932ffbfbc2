// `crun run [WORKFLOW]`

#include <CLI/CLI.hpp>

#include "runner/cli/commands.hpp"
#include "runner/cli/run_arguments.hpp"
#include "runner/engine/engine.hpp"

namespace crun::runner {

void add_run(CLI::App& app, Command& chosen) {
  auto* command = app.add_subcommand("run", "run a workflow on this machine");
  auto arguments = add_run_arguments(*command, chosen);
  command->callback([&chosen, arguments] {
    chosen.action = [arguments] { return run_workflow(run_options(*arguments)); };
  });
}

}  // namespace crun::runner
