#include "executor/action/node.hpp"

#include <algorithm>
#include <cstdlib>
#include <mutex>
#include <optional>
#include <sstream>
#include <system_error>
#include <utility>
#include <vector>

#include <unistd.h>

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

/// The files that a program loads: the paths in what ldd prints.
std::vector<fs::path> libraries(const std::string& program) {
  Command command;
  command.argv = {"ldd", program};
  const auto result = run_command(command);
  std::vector<fs::path> files;
  std::istringstream lines(result.out);
  for (std::string line; std::getline(lines, line);) {
    const auto begin = line.find('/');
    if (begin == std::string::npos) continue;
    files.emplace_back(line.substr(begin, line.find(" (", begin) - begin));
  }
  return files;
}

bool is_loader(const fs::path& file) {
  const auto name = file.filename().string();
  return name.starts_with("ld-linux") || name.starts_with("ld-musl");
}

/// Everything in one folder, complete or not there at all.
void bundle_node(const std::string& node, const fs::path& folder) {
  const fs::path partial = fmt::format("{}.{}", folder.string(), ::getpid());
  try {
    fs::remove_all(partial);
    fs::create_directories(partial / "lib");
    fs::copy_file(node, partial / "node");
    for (const auto& file : libraries(node)) fs::copy_file(file, partial / "lib" / file.filename());
    for (const auto& path : {partial, partial / "lib"}) fs::permissions(path, fs::perms(0755));
    fs::rename(partial, folder);
  } catch (const fs::filesystem_error& error) {
    std::error_code ignored;
    fs::remove_all(partial, ignored);
    if (fs::exists(folder, ignored)) return;  // another run was faster
    throw Error(fmt::format("cannot take node along into containers: {}", error.what()));
  }
}

}  // namespace

std::vector<std::string> node_for_containers(
    const std::string& node, const fs::path& externals, const std::string& inside) {
  static std::mutex mutex;
  const std::scoped_lock lock(mutex);
  std::error_code error;
  const auto program = fs::canonical(node, error);
  const auto changed = fs::last_write_time(program, error).time_since_epoch().count();
  const auto name = fmt::format("node-{:x}-{:x}", fs::file_size(program, error), changed);
  const auto folder = externals / name;
  fs::permissions(externals, fs::perms(0755), error);
  if (!fs::exists(folder)) bundle_node(program.string(), folder);
  const auto there = fmt::format("{}/{}", inside, name);
  for (const auto& entry : fs::directory_iterator(folder / "lib", error)) {
    if (!is_loader(entry.path())) continue;
    const auto lib = there + "/lib";
    return {
        fmt::format("{}/{}", lib, entry.path().filename().string()),
        "--library-path",
        lib,
        there + "/node"};
  }
  return {there + "/node"};  // a static one
}

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
