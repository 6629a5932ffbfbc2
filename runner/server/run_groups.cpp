#include "runner/server/run_groups.hpp"

#include <fstream>
#include <iterator>
#include <sstream>
#include <system_error>

#include <unistd.h>

namespace crun::runner {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view prefix = "run-";

std::string content(const char* path) {
  std::ifstream file(path, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(file), {});
}

/// Where the one hierarchy of cgroup v2 is mounted: the fifth word of its line.
std::string mount_point(std::string_view mounts) {
  std::istringstream lines{std::string(mounts)};
  for (std::string line; std::getline(lines, line);) {
    if (line.find(" - cgroup2 ") == std::string::npos) continue;
    std::istringstream words(line);
    std::string word;
    for (int i = 0; i < 5; ++i) words >> word;
    return word;
  }
  return {};
}

}  // namespace

std::optional<fs::path> group_folder(std::string_view groups, std::string_view mounts) {
  const auto root = mount_point(mounts);
  std::istringstream lines{std::string(groups)};
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("0::/") && line.size() > 4 && !root.empty()) {
      return fs::path(root + line.substr(3));
    }
  }
  return std::nullopt;
}

RunGroups::RunGroups() {
  const auto folder =
      group_folder(content("/proc/self/cgroup"), content("/proc/self/mountinfo")).value_or("");
  if (folder.empty() || ::access((folder / "cgroup.procs").c_str(), W_OK) != 0) return;
  parent_ = folder;
}

void RunGroups::enter(const std::string& run, pid_t process) const {
  if (parent_.empty()) return;
  std::error_code error;
  const auto group = parent_ / (std::string(prefix) + run);
  fs::create_directory(group, error);
  std::ofstream(group / "cgroup.procs") << process << std::flush;
}

void RunGroups::end(const std::string& run) const {
  if (parent_.empty()) return;
  std::ofstream(parent_ / (std::string(prefix) + run) / "cgroup.kill") << 1 << std::flush;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(parent_, error)) {
    const auto name = entry.path().filename().string();
    if (name.starts_with(prefix)) ::rmdir(entry.path().c_str());  // refused while it is in use
  }
}

}  // namespace crun::runner
