// Repositories and files to measure with: made anew each time, the same each time.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

namespace crun::bench {

/// A git repository with one commit; `workflows` are name and text, below .github/workflows.
std::filesystem::path make_repository(
    const std::filesystem::path& folder,
    const std::string& name,
    const std::vector<std::pair<std::string, std::string>>& workflows,
    std::size_t files = 0);

/// One job of so many trivial steps; `shell` may be empty, `job` is more lines of the job ("
/// strategy: ...\n").
std::string steps_workflow(int steps, const std::string& shell = {}, const std::string& job = {});
/// A chain and a fan of jobs: each needs up to three earlier ones.
std::string graph_workflow(int jobs);
/// Lines of 121 bytes, as compilers write them.
std::string log_text(std::size_t bytes);
/// NAME=VALUE lines; values of 20 characters that the log does not hold.
std::vector<std::pair<std::string, std::string>> secrets(int count);

}  // namespace crun::bench
