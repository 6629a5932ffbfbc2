// The service's folder: its owner's alone, and of one daemon at a time.
#pragma once

#include <filesystem>
#include <string>

#include "executor/process/fd.hpp"

namespace crun::runner {

/// --state, else $CRUN_STATE, else $XDG_STATE_HOME/crun; absolute.
std::filesystem::path service_folder(const std::string& option);

class StateFolder {
 public:
  /// Makes it (mode 0700) and locks it. Throws Error that names the daemon which holds it.
  explicit StateFolder(const std::filesystem::path& path);

  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path database() const { return path_ / "crun.db"; }
  std::filesystem::path socket() const { return path_ / "crun.sock"; }
  std::filesystem::path mirror(const std::string& repository) const;
  std::filesystem::path run(const std::string& id) const;

 private:
  std::filesystem::path path_;
  executor::Fd lock_;
};

}  // namespace crun::runner
