// hashFiles(): one hash over all files that patterns match, the same number as on GitHub: files in
// the order of GitHub's walk, the SHA-256 of each fed into an outer SHA-256 (runner.md 1.11.1).
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace crun::executor {

/// `arguments` as written: patterns, the first may be `--follow-symbolic-links`. Only files below
/// the workspace count. '' when nothing matches. Throws Error.
std::string hash_files(
    const std::filesystem::path& workspace, const std::vector<std::string>& arguments);

/// The files in the order in which they are hashed.
std::vector<std::filesystem::path> files_to_hash(
    const std::filesystem::path& workspace, const std::vector<std::string>& arguments);

}  // namespace crun::executor
