// A control group (cgroup v2) for each run, below the service's own, where that is the service's to
// divide (Delegate=yes of systemd). When a run has ended, whatever is still in its group ends too:
// nothing leaves a group by losing its parents or its session.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include <sys/types.h>

namespace crun::runner {

class RunGroups {
 public:
  /// Below the group that this process is in; where that is not allowed nothing happens.
  RunGroups();
  /// Below that folder; an empty path: nowhere.
  explicit RunGroups(std::filesystem::path parent) : parent_(std::move(parent)) {}

  /// What the process starts from now on is in the group with it.
  void enter(const std::string& run, pid_t process) const;
  /// Ends everything in the group, and removes groups that are empty by now.
  void end(const std::string& run) const;

 private:
  std::filesystem::path parent_;
};

/// The folder of a process's group, from the texts of /proc/PID/cgroup and /proc/PID/mountinfo;
/// nothing for the machine's root group, which is nobody's to divide.
std::optional<std::filesystem::path> group_folder(std::string_view groups, std::string_view mounts);

}  // namespace crun::runner
