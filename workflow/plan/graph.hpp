// The graph of jobs by `needs`.
#pragma once

#include <string>
#include <vector>

#include "workflow/model/workflow.hpp"
#include "workflow/source/diagnostic.hpp"

namespace crun::workflow {

/// Indices into Workflow::jobs. Built by check_graph, which the workflow reader calls.
struct JobGraph {
  std::vector<std::vector<int>> needs;       // direct
  std::vector<std::vector<int>> dependents;  // direct
  std::vector<int> order;                    // topological, in file order among equals
  std::vector<std::vector<int>> ancestors;   // transitive, sorted
};

/// Unknown needs and cycles are errors (a cycle is told with its path); then the graph is partial.
JobGraph make_graph(const Workflow& workflow, Diagnostics& diagnostics);

}  // namespace crun::workflow
