// The node that runs JavaScript actions. GitHub brings its own; crun takes the machine's.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "executor/process/environment.hpp"

namespace crun::executor {

/// The path of a node of version 20 or newer: CRUN_NODE, on PATH, or in a tool cache
/// (node/<version>/<arch>/bin/node, the newest). Asks once in a process. Blocks for the time of
/// `node --version`. Throws Error that says where it looked.
std::string find_node(const Environment& machine, const std::filesystem::path& tool_cache);

/// The words before a script that run this node in a container, whatever that has: node goes along
/// with its libraries and its loader, in a folder below `externals`, which containers mount
/// read-only as `inside`. Blocks the first time. Throws Error.
std::vector<std::string> node_for_containers(
    const std::string& node, const std::filesystem::path& externals, const std::string& inside);

}  // namespace crun::executor
