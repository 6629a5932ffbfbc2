// Does an event start a workflow, and if not, why and what would?
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "workflow/model/trigger.hpp"

namespace crun::workflow {

/// What is known of an event. `ref` is a full ref. Paths are those changed between before and
/// after; nullopt when they are not known (GitHub then lets path filters pass).
struct EventFacts {
  std::string name;
  std::string ref;
  std::string base_ref;  // of pull requests: the branch they go to, "main"
  std::string action;    // activity type: "opened"
  std::optional<std::vector<std::string>> changed_paths;
};

struct TriggerMatch {
  bool fires = false;
  /// Why, when it fires: "push to refs/heads/main: branches 'main' matches main, paths 'src/**'
  /// matches src/a.c".
  std::string because;
  /// Why not, for people: "push to refs/heads/dev: branches [main] do not match 'dev'".
  std::string reason;
  /// The cure: "use --ref main, --event workflow_dispatch or --force".
  std::string cure;
};

TriggerMatch match_event(const On& on, const EventFacts& event);

}  // namespace crun::workflow
