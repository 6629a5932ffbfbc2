// The reusable workflows that jobs call, and those that these call: read, and each call checked
// against what is called (runner.md 1.12.3): inputs, secrets, permissions, nesting.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "workflow/model/permission_levels.hpp"
#include "workflow/model/workflow.hpp"
#include "workflow/model/workflow_reader.hpp"
#include "workflow/source/diagnostic.hpp"

namespace crun::workflow {

/// One call: a job of the caller, and what it calls.
struct CalledWorkflow {
  std::string job;  // id of the calling job
  std::string
      reference;  // "owner/repo/.github/workflows/x.yml@v1", or "./..." of the caller's tree
  WorkflowPtr workflow;
  std::vector<CalledWorkflow> calls;
};

using CalledWorkflows = std::vector<CalledWorkflow>;

/// The call of a job, or null.
const CalledWorkflow* find_call(const CalledWorkflows& calls, std::string_view job);

struct CallOptions {
  /// The text of a workflow by its reference; null if there is none. Its path is its reference.
  std::function<SourcePtr(const std::string& reference)> find;
  /// Is it only a warning that this one was not found? Absent: never.
  std::function<bool(const std::string& reference)> may_be_missing;
  PermissionsPolicy policy = PermissionsPolicy::limited_read;
  int depth = 9;                  // calls below the first workflow
  std::size_t files = 51;         // different ones, with the first
  WorkflowReaderOptions reading;  // `budget` counts for all files together
};

/// Reads what a workflow calls, as far as it is without errors. At the first call with an error
/// reading ends, as GitHub's does.
CalledWorkflows read_called_workflows(
    const Workflow& workflow, const CallOptions& options, Diagnostics& diagnostics);

}  // namespace crun::workflow
