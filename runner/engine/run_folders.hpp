// The folders of a run: workspaces and temporary files in the cache, sockets and small files in the
// run-time folder. Locked while the run lives; what a killed run left is removed by the next one.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "executor/process/fd.hpp"
#include "runner/config/paths.hpp"

namespace crun::runner {

class RunFolders {
 public:
  /// Makes them (mode 0700), with the credential helper among the programs. Throws Error.
  RunFolders(const Paths& paths, const std::string& run, const std::string& crun_program);
  /// As remove(), unless that was called.
  ~RunFolders();
  RunFolders(const RunFolders&) = delete;
  RunFolders& operator=(const RunFolders&) = delete;

  const std::filesystem::path& work() const { return work_; }
  const std::filesystem::path& sockets() const { return sockets_; }
  /// Where the agent's program goes when it is needed as a file.
  std::filesystem::path agent() const { return sockets_ / "bin" / "crun-agent"; }

  /// Removes them, and the parents that are empty then. What tells of things left in an engine
  /// stays for the next run. Tells what cannot be removed and why, or nothing.
  std::string remove();

 private:
  /// What follows on this one may fail half-way: then the destructor removes what there is.
  RunFolders(std::filesystem::path work, std::filesystem::path sockets);

  std::filesystem::path work_, sockets_;
  executor::Fd work_lock_, sockets_lock_;
  bool removed_ = false;
};

/// Of checkouts, for all runs: stays when they end.
std::filesystem::path tree_store(const Paths& paths);

/// Of a run that is not over.
std::filesystem::path work_folder(const Paths& paths, const std::string& run);

struct Sweep {
  int cleaned = 0;                    // runs
  std::vector<std::string> troubles;  // what stays, and why
};

/// Removes what runs that are no longer alive left: folders, and what they have in an engine. Never
/// throws.
Sweep sweep_dead_runs(const Paths& paths);

}  // namespace crun::runner
