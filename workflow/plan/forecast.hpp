// What will run, as far as it can be known before anything does: nothing fails, nothing is
// cancelled, and outputs are not known. For `crun plan` and `crun explain`; a run decides by
// condition.hpp alone.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "workflow/model/workflow.hpp"
#include "workflow/plan/graph.hpp"
#include "workflow/plan/matrix.hpp"

namespace crun::workflow {

struct Forecast {
  enum class Likely { runs, skipped, undecided, fails };

  Likely likely = Likely::runs;
  /// On one line, with the values that decided, or what it waits for; empty for what simply runs.
  std::string reason;
};

struct JobForecast {
  const Job* job = nullptr;
  Forecast forecast;
  std::map<std::string, Forecast::Likely> needs;  // what becomes of them, by folded id
  std::vector<MatrixLeg> legs;                    // of a matrix, if they are known
  std::string legs_unknown;                       // of a matrix: why they are not
};

/// In the order of the graph. `contexts`: github, vars, inputs; and env, what is below the
/// workflow's own.
std::vector<JobForecast> forecast_jobs(
    const Workflow& workflow, const JobGraph& graph, const Object& contexts);

/// One for each step of a job, in their order.
std::vector<Forecast> forecast_steps(
    const Workflow& workflow, const JobForecast& job, const Object& contexts);

}  // namespace crun::workflow
