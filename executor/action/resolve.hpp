// From `uses:` to something that can be run.
#pragma once

#include <filesystem>
#include <string>

#include "executor/action/action_store.hpp"
#include "executor/action/reference.hpp"
#include "workflow/model/action.hpp"

namespace crun::executor {

struct ResolvedAction {
  enum class Kind { builtin, manifest, image };

  Kind kind = Kind::builtin;
  std::string uses;  // as written
  ActionReference reference;
  std::string version;           // of a built-in action: "v6.9.0"
  std::string repository, ref;   // what GITHUB_ACTION_REPOSITORY and GITHUB_ACTION_REF say
  std::filesystem::path folder;  // of the manifest
  std::filesystem::path origin;  // of the manifest's repository: where `$/path` begins
  workflow::ActionPtr manifest;
};

/// Where `uses:` stands.
struct ActionPlace {
  std::filesystem::path workspace;  // where `./path` begins
  std::filesystem::path origin;     // where `$/path` begins; empty: the workspace
  std::string repository, ref;      // of a remote action that uses `$/path`
};

/// Looked up when its step runs, because a step before it brings the files.
bool is_local(const std::string& uses);

/// Is it on this machine: built in, given with --action, or fetched before? Fetches nothing.
bool is_available(const std::string& uses, const ActionStore& store);

/// Finds the action and reads its manifest; fetches. Blocks; any thread. Throws Error that names
/// the action, why it cannot be run, and the cure.
ResolvedAction resolve_action(
    const std::string& uses, const ActionPlace& place, ActionStore& store);

}  // namespace crun::executor
