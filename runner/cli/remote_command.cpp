// `crun remote`, hidden: asks or fetches from a server over the network, as a child of a run or of
// the service.

#include <CLI/CLI.hpp>

#include "executor/git/remote_program.hpp"
#include "runner/cli/commands.hpp"

namespace crun::runner {

void add_remote(CLI::App& app, Command& chosen) {
  auto* command = app.add_subcommand("remote", "ask a server for a repository");
  command->group("");  // not in the help
  command->callback([&chosen] { chosen.action = executor::git::run_remote_order; });
}

}  // namespace crun::runner
