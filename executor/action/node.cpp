#include "executor/action/node.hpp"

#include <algorithm>
#include <cstdlib>
#include <mutex>
#include <optional>
#include <system_error>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "executor/error.hpp"
#include "executor/process/command.hpp"

namespace crun::executor {

namespace fs = std::filesystem;

namespace {

constexpr int oldest_version = 20;

/// "v20.11.1" -> 20; 0 if the program does not answer like node.
int major_version(const fs::path& program) {
  Command command;
  command.argv = {program.string(), "--version"};
  try {
    const auto result = run_command(command);
    if (!result.status.success() || !result.out.starts_with('v')) return 0;
    return std::atoi(result.out.c_str() + 1);
  } catch (const Error&) {
    return 0;
  }
}

/// The programs node/<version>/<arch>/bin/node of a tool cache, the newest first.
std::vector<fs::path> cached_nodes(const fs::path& cache) {
  std::vector<std::pair<int, fs::path>> found;
  std::error_code error;
  for (const auto& version : fs::directory_iterator(cache / "node", error)) {
    for (const auto& arch : fs::directory_iterator(version.path(), error)) {
      const auto program = arch.path() / "bin" / "node";
      if (!fs::exists(program, error)) continue;
      found.emplace_back(std::atoi(version.path().filename().c_str()), program);
    }
  }
  std::sort(found.rbegin(), found.rend());
  std::vector<fs::path> programs;
  for (auto& [version, program] : found) programs.push_back(std::move(program));
  return programs;
}

std::optional<std::string> search(const Environment& machine, const fs::path& tool_cache) {
  std::vector<fs::path> candidates;
  if (const auto chosen = machine.get("CRUN_NODE"); !chosen.empty()) {
    if (major_version(chosen) >= oldest_version) return chosen;
    throw Error(
        fmt::format("CRUN_NODE: {} is no node of version {} or newer", chosen, oldest_version));
  }
  if (const auto on_path = find_program("node", machine.get("PATH"))) {
    candidates.push_back(*on_path);
  }
  std::vector<fs::path> caches = {tool_cache};
  for (const char* name : {"RUNNER_TOOL_CACHE", "AGENT_TOOLSDIRECTORY"}) {
    if (const char* folder = std::getenv(name); folder != nullptr) caches.emplace_back(folder);
  }
  for (const auto& cache : caches) {
    const auto cached = cached_nodes(cache);
    candidates.insert(candidates.end(), cached.begin(), cached.end());
  }
  for (const auto& candidate : candidates) {
    if (major_version(candidate) >= oldest_version) return candidate.string();
  }
  return std::nullopt;
}

}  // namespace

std::string find_node(const Environment& machine, const fs::path& tool_cache) {
  static std::mutex mutex;
  static std::string known;
  const std::scoped_lock lock(mutex);
  if (!known.empty()) return known;
  if (const auto found = search(machine, tool_cache)) return known = *found;
  throw Error(
      fmt::format(
          "no node of version {} or newer was found for a JavaScript action", oldest_version),
      "install node so that it is on PATH, or set CRUN_NODE to its program");
}

}  // namespace crun::executor
