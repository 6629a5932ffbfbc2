// The graph of jobs by `needs`.
#pragma once

#include <string>
#include <vector>

#include "workflow/model/workflow.hpp"
#include "workflow/source/diagnostic.hpp"

namespace crun::workflow {

/// Indices into Workflow::jobs. Built by make_graph, which the workflow reader calls for its
/// checks.
struct JobGraph {
  std::vector<std::vector<int>> needs;       // direct, each once
  std::vector<std::vector<int>> dependents;  // direct, each once
  std::vector<int> order;                    // topological, in file order among equals

  /// The jobs that a job needs, directly or through others, sorted. Made when asked for: all of
  /// them would be quadratic in the number of jobs.
  std::vector<int> ancestors(int job) const;
};

/// Unknown needs and cycles are errors (a cycle is told with its path); then the graph is partial.
JobGraph make_graph(const Workflow& workflow, Diagnostics& diagnostics);

}  // namespace crun::workflow
