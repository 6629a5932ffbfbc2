// What a step with actions/checkout asks for: its inputs, read as the original reads them
// (docker-actions.md 8).
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "executor/builtin/action_runtime.hpp"

namespace crun::executor::builtin::checkout {

struct Settings {
  std::filesystem::path workspace;  // GITHUB_WORKSPACE
  std::filesystem::path path;       // where the repository goes: the workspace or below it
  std::string repository;           // "owner/name"
  bool of_workflow = false;         // the repository that the workflow runs for
  /// From the inputs, else the event's for the workflow's repository. A full commit id as `ref`
  /// makes `commit` and leaves `ref` empty.
  std::string ref, commit;
  bool ref_given = false;  // by the step, not by the event
  std::string server_url;
  std::string token, ssh_key;
  bool persist_credentials = true, clean = true, fetch_tags = false, lfs = false;
  bool submodules = false, nested_submodules = false;
  bool set_safe_directory = true;
  std::string filter;
  std::vector<std::string> sparse;
  bool cone = true;
  int depth = 1;  // 0: everything
};

/// Throws Failed in the original's words.
Settings read_settings(const ActionRuntime& runtime);

}  // namespace crun::executor::builtin::checkout
