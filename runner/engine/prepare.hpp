// Everything that is known before the first job starts: repository, workflow, event, inputs, and
// whether the event fires. Shared by `crun run` and `crun plan`; runs nothing.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "executor/action/action_store.hpp"
#include "executor/git/repository.hpp"
#include "runner/config/paths.hpp"
#include "runner/engine/local_event.hpp"
#include "runner/engine/run_options.hpp"
#include "workflow/model/called_workflows.hpp"
#include "workflow/model/workflow.hpp"
#include "workflow/plan/graph.hpp"
#include "workflow/source/diagnostic.hpp"
#include "workflow/trigger/match.hpp"

namespace crun::runner {

struct PreparedRun {
  explicit PreparedRun(executor::git::Repository opened) : repository(std::move(opened)) {}

  Paths paths;
  executor::git::Repository repository;
  workflow::Diagnostics diagnostics;
  /// Null when the diagnostics have errors; then nothing below counts.
  workflow::WorkflowPtr workflow;
  workflow::CalledWorkflows calls;
  std::string path;  // of the workflow, from the repository's root
  workflow::JobGraph graph;
  RunEvent event;
  workflow::Object github, vars, secrets, inputs;
  workflow::TriggerMatch trigger;
  std::shared_ptr<executor::ActionStore> actions;
  bool working_tree = false;  // checkout gives the tree as it is
};

/// Throws UsageError for a wrong call, Error when the world fails.
PreparedRun prepare_run(const RunOptions& options, const std::string& run_id);

}  // namespace crun::runner
