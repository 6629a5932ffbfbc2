// A checkout of the repository that is being run, out of the user's copy of it: no network, full
// history, and in act mode the working tree as it is.
//
// The run tells through $CRUN_CHECKOUT where that copy is. Whatever the step asks for, the user's
// copy is only read, and nothing is deleted but below GITHUB_WORKSPACE.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "executor/builtin/action_runtime.hpp"
#include "executor/builtin/checkout/settings.hpp"

namespace crun::executor::builtin::checkout {

/// $CRUN_CHECKOUT, an object in JSON.
struct LocalCopy {
  std::filesystem::path repository;  // "repository": the user's working tree
  std::string name;                  // "name": "owner/repo"
  std::string ref, commit;           // "ref", "commit": the event's
  bool working_tree = false;         // "working_tree": it stands for that commit
  /// "trees", "run": see git::SnapshotRequest. Only where a mount on the workspace is seen by all.
  std::filesystem::path trees, run;
};

/// Nothing when the variable is not set. Throws Failed when it is no such object.
std::optional<LocalCopy> local_copy(const ActionRuntime& runtime);

/// Does the step ask for the repository of that copy?
bool asks_for(const Settings& settings, const LocalCopy& copy);

void check_out_local(ActionRuntime& runtime, const Settings& settings, const LocalCopy& copy);

}  // namespace crun::executor::builtin::checkout
