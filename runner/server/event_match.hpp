// Which workflows of the pushed commit an event starts: decided by prepare_run, as `crun run`
// decides it. Blocks; touches nothing but the mirror.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "runner/server/event_body.hpp"

namespace crun::runner {

struct EventToMatch {
  std::filesystem::path mirror;
  std::string repository;  // its name in the configuration
  std::string event;       // "push", "workflow_dispatch"
  std::string ref, sha;    // a full ref, and the commit
  EventBody payload;
  std::map<std::string, std::string> vars;
};

struct StartedWorkflow {
  std::string path, name;
  std::string group;  // of its concurrency, in lower case; empty: none
  bool cancel_in_progress = false;
};

struct EventMatch {
  std::vector<StartedWorkflow> started;
  std::string why_not;  // of the others: "push.yml: paths ...; slow.yml: no push"
};

/// Workflows that are not valid are started: the run says what is wrong with them.
EventMatch match_workflows(const EventToMatch& event);

/// The one that `crun dispatch` names. Throws UsageError: no such workflow, wrong inputs.
StartedWorkflow match_dispatch(const EventToMatch& event, const std::string& workflow);

}  // namespace crun::runner
