// The options that `crun run` and `crun plan` share, from the command line to RunOptions.
#pragma once

#include <memory>

#include "runner/cli/commands.hpp"
#include "runner/engine/run_options.hpp"

namespace CLI {
class App;
}

namespace crun::runner {

struct RunArguments;

/// Adds the options to a command, as far as the call can name them.
std::shared_ptr<RunArguments> add_run_arguments(CLI::App& command, const Command& call);

/// Reads files and environment that the arguments name. Throws UsageError.
RunOptions run_options(const RunArguments& arguments);

}  // namespace crun::runner
