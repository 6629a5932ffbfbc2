// The user's working tree as it is: tracked files, changed or not, and untracked ones; ignored ones
// not. The index comes along, so that `git status` says the same of a copy.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <sys/types.h>

struct git_repository;

namespace crun::executor::git {

/// What the files of a checkout may not: the umask of this process, which has to be set to be read.
mode_t file_mode_mask();

/// What the files of an index take of a disk. Throws Error.
std::uint64_t size_by_index(const std::filesystem::path& index);

struct WorkingCopy {
  std::size_t changed = 0, untracked = 0;
  std::vector<std::string> submodules;  // paths; their folders are made and left empty
  std::vector<std::string> warnings;
};

/// The tree as it stood when it was looked at. Everything here throws Error.
class UserTree {
 public:
  explicit UserTree(git_repository* user);
  ~UserTree();
  UserTree(const UserTree&) = delete;
  UserTree& operator=(const UserTree&) = delete;

  /// Is most of it clean, and known to git as it is?
  bool is_worth_keeping() const;
  /// What is clean, with an index of that, for a store. Tells its size.
  std::uint64_t copy_clean(
      const std::filesystem::path& files, const std::filesystem::path& index) const;

  /// `own` is the snapshot's repository, without an index. Its folder is empty, or shows what
  /// copy_clean() made with that index, at this commit or another one.
  WorkingCopy copy_to(git_repository* own, const std::filesystem::path& stored_index = {}) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace crun::executor::git
