// Mounts in tests: whether there can be any, and which there are.
#pragma once

#include <filesystem>
#include <fstream>
#include <string>

#include "executor/files/overlay.hpp"
#include "tests/scratch_repository.hpp"

namespace crun::tests {

/// Not without root, nor in a container without its rights.
inline bool can_lay_over() {
  static const bool can = [] {
    const ScratchFolder folder;
    const auto lower = folder.path() / "lower", target = folder.path() / "target";
    std::filesystem::create_directories(lower);
    std::filesystem::create_directories(target);
    return executor::lay_over(lower, target);
  }();
  return can;
}

/// Mount points below a folder, one a line.
inline std::string mounts_below(const std::filesystem::path& folder) {
  std::ifstream file("/proc/self/mountinfo");
  std::string found;
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    std::string word;
    for (int i = 0; i < 5; ++i) words >> word;
    if (word.starts_with(folder.string() + "/") || word == folder) found += word + "\n";
  }
  return found;
}

}  // namespace crun::tests
