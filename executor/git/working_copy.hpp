// The user's working tree as it is, over a snapshot of its commit: tracked files, changed or not,
// and untracked ones; ignored ones not. The index comes along, so that `git status` says the same.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

struct git_repository;

namespace crun::executor::git {

struct WorkingCopy {
  std::size_t changed = 0, untracked = 0;
  std::vector<std::string> submodules;  // paths; their folders are made and left empty
  std::vector<std::string> warnings;
};

/// `own` is the snapshot's repository, without index and files. Throws Error.
WorkingCopy copy_working_tree(git_repository* user, git_repository* own);

}  // namespace crun::executor::git
