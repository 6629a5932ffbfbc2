// The event of a local run: made from the repository as a webhook would tell it, with what the user
// gives (--event, --ref, --input, an event file) over it.
//
// Where a ref comes from, in this order: --ref, `ref` in the event file, where HEAD is. `ref_type`
// and the like in an event file mean nothing to GitHub, and nothing here.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "executor/git/repository.hpp"
#include "workflow/expression/value.hpp"
#include "workflow/model/trigger.hpp"
#include "workflow/trigger/match.hpp"

namespace crun::runner {

struct EventRequest {
  std::string event;                 // --event; empty: chosen
  std::filesystem::path event_file;  // --event-file; empty: none
  /// The payload itself, instead of a file.
  std::shared_ptr<const nlohmann::ordered_json> event_payload;
  std::filesystem::path current_folder;  // what relative paths on the command line mean
  std::filesystem::path directory;       // --directory: where the event file is looked for next
  std::string ref;                       // --ref: branch, tag or full ref
  std::string sha;                       // of a full ref: its commit at the time of the event
  std::map<std::string, std::string> inputs;
  std::string actor;          // empty: sender of the event file, else "local"
  bool working_tree = false;  // act mode: at HEAD, changes not committed count as changed paths
};

struct RunEvent {
  std::string name;
  std::string ref, sha;
  /// Of a push: the commit before it, zeros for a new ref.
  std::string before;
  /// Of pull requests: short names of the branches, the base's commit, the number.
  std::string base_ref, head_ref, base_sha;
  int number = 0;
  std::string action;  // activity type
  /// Of the event file and --input, as text, before defaults and checks.
  std::map<std::string, std::string> inputs;
  /// Nothing when they are not known: path filters pass then. For a push without path filters they
  /// are not looked for, which in a large repository would take longer than all the rest.
  std::optional<std::vector<std::string>> changed_paths;
  std::string repository;      // "owner/name"
  std::string default_branch;  // "main"
  std::string server_url;      // "https://github.com"
  std::string actor;
  /// The run is of what HEAD names: its working tree may stand for the commit.
  bool at_head = false;
  workflow::Value payload;
  std::string reason;              // why this event, for people; empty when it was named
  std::vector<std::string> notes;  // what was given and has no effect

  /// As github.ref_name and github.ref_type tell them: "7/merge" and "branch" for
  /// refs/pull/7/merge.
  std::string ref_name() const;
  std::string ref_type() const;
  workflow::EventFacts facts() const;
};

class LocalEvents {
 public:
  /// Finds the ref and reads the event file. Throws UsageError. The repository must stay.
  LocalEvents(const executor::git::Repository& repository, EventRequest request);
  ~LocalEvents();
  LocalEvents(LocalEvents&&) noexcept;

  /// What the run is of: known before a workflow is read, which may come from that commit.
  const std::string& ref() const;
  const std::string& sha() const;
  bool at_head() const;

  /// The event named by --event; else push if that would fire here, else workflow_dispatch if it is
  /// declared, else the first declared event that can be made. Throws UsageError.
  RunEvent make(const workflow::On& on) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// Replaces `inputs` of the payload: what workflow::resolve_dispatch_inputs made of them.
void set_payload_inputs(RunEvent& event, const workflow::Object& text);

}  // namespace crun::runner
