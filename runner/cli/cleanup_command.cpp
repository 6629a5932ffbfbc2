// `crun cleanup`: removes what runs left that were killed, and the checkouts that are kept for
// later ones. Living runs are not touched.
#include <cstdio>
#include <string>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "executor/git/tree_store.hpp"
#include "runner/cli/commands.hpp"
#include "runner/config/exit_codes.hpp"
#include "runner/config/paths.hpp"
#include "runner/engine/run_folders.hpp"

namespace crun::runner {

void add_cleanup(CLI::App& app, Command& chosen) {
  auto* command =
      app.add_subcommand("cleanup", "remove what killed runs left behind, and kept checkouts");
  command->callback([&chosen] {
    chosen.action = [] {
      const auto paths = standard_paths();
      const auto sweep = sweep_dead_runs(paths);
      const auto trees = executor::git::TreeStore(tree_store(paths)).clear();
      for (const auto& trouble : sweep.troubles) {
        std::fputs(fmt::format("crun: {}\n", trouble).c_str(), stderr);
      }
      std::fputs(
          fmt::format("{} killed run{} cleaned up\n", sweep.cleaned, sweep.cleaned == 1 ? "" : "s")
              .c_str(),
          stdout);
      if (trees > 0) {
        std::fputs(
            fmt::format("{} kept checkout{} removed\n", trees, trees == 1 ? "" : "s").c_str(),
            stdout);
      }
      return sweep.troubles.empty() ? exit_success : exit_trouble;
    };
  });
}

}  // namespace crun::runner
