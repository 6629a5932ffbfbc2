// Copies files into a workspace: by reflink where the file system can, else in the kernel. Never a
// hard link, for steps write in place.
#pragma once

#include <atomic>
#include <filesystem>
#include <optional>
#include <string>

#include <sys/stat.h>

namespace crun::executor::git {

/// Knows after the first file whether reflinks work. May be used by several threads.
class FileCopier {
 public:
  /// Copies a file or a symbolic link, with its permissions and time of change, to a place where
  /// nothing is. Gives the copy's status, or nothing when the original has gone or is neither.
  /// Throws Error.
  std::optional<struct stat> copy(
      const std::filesystem::path& from, const std::filesystem::path& to);

 private:
  void copy_content(int from, int to, std::size_t size, const std::string& name);

  std::atomic<bool> reflinks_{true};
};

}  // namespace crun::executor::git
