// Content for workspaces out of the user's repository, which is only ever read.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

namespace crun::executor::git {

struct SnapshotRequest {
  std::filesystem::path repository;  // the user's working tree
  std::filesystem::path target;      // an empty or absent folder
  std::string ref;                   // full ref checked out, or empty for a detached commit
  std::string commit;                // 40 hex digits
  /// The working tree as it is (tracked, changed and untracked files, ignored ones not) on top of
  /// the commit: act mode at HEAD.
  bool working_tree = false;
  /// Cut history to this many commits; 0: full history with all tags.
  int depth = 0;
  bool recurse_submodules = false;
  /// A store of trees to lay the target over, and the work folder of the run, which is there as
  /// long as the target is. Empty: everything is copied.
  std::filesystem::path trees, run;
};

struct Snapshot {
  std::size_t changed = 0, untracked = 0;  // of the working tree
  bool shallow = false;                    // history is cut, here or already at the user's
  bool laid = false;                       // over a stored tree: the target is a mount
  std::vector<std::string> warnings;
};

/// Makes `target` a repository of its own with remote `origin` like the user's, that borrows
/// objects, and checks it out. Full history and tags make `git describe` right. Where it can, it
/// lays the target over a stored tree (executor/files/overlay); else it copies. Throws Error.
Snapshot take_snapshot(const SnapshotRequest& request);

}  // namespace crun::executor::git
