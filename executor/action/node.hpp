// The node that runs JavaScript actions. GitHub brings its own; crun takes the machine's.
#pragma once

#include <filesystem>
#include <string>

#include "executor/process/environment.hpp"

namespace crun::executor {

/// The path of a node of version 20 or newer: CRUN_NODE, on PATH, or in a tool cache
/// (node/<version>/<arch>/bin/node, the newest). Asks once in a process. Blocks for the time of
/// `node --version`. Throws Error that says where it looked.
std::string find_node(const Environment& machine, const std::filesystem::path& tool_cache);

}  // namespace crun::executor
