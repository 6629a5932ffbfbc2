// Removes a folder with all that is in it, whatever a step made of it.
#pragma once

#include <filesystem>
#include <string>

namespace crun::executor {

/// Follows no link, and takes away what is mounted in there instead of going into it. Goes into
/// folders that even their owner may not write to, and as deep as they are. Tells the first thing
/// that stays and why, or nothing; what is not there is no trouble.
std::string remove_tree(const std::filesystem::path& root);

}  // namespace crun::executor
