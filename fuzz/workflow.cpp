// The workflow and action readers, and all that is asked of a workflow before anything runs: graph,
// lint, trigger, matrices. A model or an error; who goes on after errors finds at least those.
#include <memory>

#include "fuzz/oracle.hpp"

#include "workflow/lint/lint.hpp"
#include "workflow/model/action.hpp"
#include "workflow/model/workflow_reader.hpp"
#include "workflow/plan/graph.hpp"
#include "workflow/plan/matrix.hpp"
#include "workflow/trigger/match.hpp"

using namespace crun::workflow;
using crun::fuzz::require;

namespace {

void expand_matrices(const Workflow& workflow) {
  for (const auto& job : workflow.jobs) {
    if (!job.strategy || !job.strategy->matrix) continue;
    try {
      const auto legs = expand_matrix(evaluate(*job.strategy->matrix, Scope()));
      require(legs.size() <= 256, "a matrix has at most 256 legs");
    } catch (const std::runtime_error&) {  // of values that are not there
    }
  }
}

void use(const Workflow& workflow, Diagnostics& diagnostics) {
  const auto graph = make_graph(workflow, diagnostics);
  require(graph.order.size() == workflow.jobs.size(), "every job has its place in the order");
  lint(workflow, ProjectFacts(), diagnostics);
  for (const auto* event : {"push", "pull_request", "schedule"}) {
    const auto match =
        match_event(workflow.on, {event, "refs/heads/main", "main", "opened", {{"src/a.c"}}});
    require(match.fires == match.reason.empty(), "what does not fire says why");
  }
  expand_matrices(workflow);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto source =
      std::make_shared<SourceFile>("fuzz.yml", std::string(crun::fuzz::text_of(data, size)));
  Diagnostics diagnostics;
  const auto workflow = read_workflow(source, diagnostics);
  require((workflow == nullptr) == diagnostics.has_errors(), "a model or an error");
  if (workflow) use(*workflow, diagnostics);

  WorkflowReaderOptions going;
  going.keep_going = true;
  Diagnostics more;
  const auto partial = read_workflow(source, more, going);
  require(more.has_errors() == (workflow == nullptr), "going on finds errors where there are some");
  require(!render(more).empty() || workflow, "an error can be shown");
  if (partial) {
    Diagnostics found;
    lint(*partial, ProjectFacts(), found);
  }
  Diagnostics of_action;
  const auto action = read_action(source, of_action);
  require((action == nullptr) == of_action.has_errors(), "an action or an error");
  return 0;
}
