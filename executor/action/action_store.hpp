// Where actions and called workflows of other repositories come from: folders given with --action,
// else mirrors of the server. One for a run: each repository is asked for once, so that all jobs
// see the same commits.
#pragma once

#include <filesystem>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "executor/action/reference.hpp"
#include "executor/git/remote_program.hpp"

namespace crun::executor {

struct ActionSettings {
  std::string server_url = "https://github.com";
  std::filesystem::path cache;  // of all mirrors
  bool offline = false;
  std::string crun = {};  // fetches in a process of its own (RemoteProgram); empty: in this one
  std::string token;      // opens private repositories of the server; empty: none
  std::map<std::string, std::filesystem::path> overrides;  // "owner/repo[/path]@ref" -> folder
};

class ActionStore {
 public:
  explicit ActionStore(ActionSettings settings)
      : settings_(std::move(settings)), remote_(settings_.crun) {}

  /// The files of a repository at a ref: their folder. Any thread; blocks, but not when it was
  /// asked for before. Throws Error.
  std::filesystem::path repository(const ActionReference& reference);
  /// Is it here without fetching anything?
  bool has(const ActionReference& reference) const;
  /// The folder given with --action for this action.
  std::optional<std::filesystem::path> override_of(const ActionReference& reference) const;
  /// A fetch that is under way fails, and so do those to come. Any thread.
  void stop() const { remote_.stop(); }

 private:
  std::optional<std::filesystem::path> known(const std::string& key) const;
  std::filesystem::path find(const ActionReference& reference, bool fetched_before);

  ActionSettings settings_;
  git::RemoteProgram remote_;
  std::mutex fetching_;                  // one fetch after the other
  std::map<std::string, bool> fetched_;  // "owner/repo"
  mutable std::mutex known_;
  std::map<std::string, std::filesystem::path> found_;  // "owner/repo@ref"
};

}  // namespace crun::executor
