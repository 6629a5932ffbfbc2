// `crun cleanup`: removes what runs left that were killed. Living runs are not touched.
#include <cstdio>
#include <string>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "runner/cli/commands.hpp"
#include "runner/config/exit_codes.hpp"
#include "runner/config/paths.hpp"
#include "runner/engine/run_folders.hpp"

namespace crun::runner {

void add_cleanup(CLI::App& app, Command& chosen) {
  auto* command = app.add_subcommand("cleanup", "remove what killed runs left behind");
  command->callback([&chosen] {
    chosen.action = [] {
      const auto sweep = sweep_dead_runs(standard_paths());
      for (const auto& trouble : sweep.troubles) {
        std::fputs(fmt::format("crun: {}\n", trouble).c_str(), stderr);
      }
      std::fputs(
          fmt::format("{} killed run{} cleaned up\n", sweep.cleaned, sweep.cleaned == 1 ? "" : "s")
              .c_str(),
          stdout);
      return sweep.troubles.empty() ? exit_success : exit_trouble;
    };
  });
}

}  // namespace crun::runner
