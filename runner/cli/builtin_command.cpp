// `crun builtin NAME STAGE VERSION`, hidden: one stage of a built-in action, as a child of a run.

#include <array>
#include <memory>
#include <string>

#include <CLI/CLI.hpp>

#include "executor/builtin/builtin.hpp"
#include "runner/cli/commands.hpp"

namespace crun::runner {

void add_builtin(CLI::App& app, Command& chosen) {
  auto* command = app.add_subcommand("builtin", "run a stage of a built-in action");
  command->group("");  // not in the help
  auto words = std::make_shared<std::array<std::string, 3>>();
  command->add_option("name", (*words)[0])->required();
  command->add_option("stage", (*words)[1])->required();
  command->add_option("version", (*words)[2])->required();
  command->callback([&chosen, words] {
    chosen.action = [words] {
      return executor::builtin::run_builtin((*words)[0], (*words)[1], (*words)[2]);
    };
  });
}

}  // namespace crun::runner
