// A called workflow under way in the place of a leg: known to the files of the scheduler only.
#pragma once

#include <memory>

#include "runner/engine/scheduler.hpp"

namespace crun::runner {

struct Scheduler::Call {
  Call(const workflow::CalledWorkflow& called_workflow, std::shared_ptr<const CallFacts> of_call)
      : called(called_workflow), facts(std::move(of_call)) {
    workflow::Diagnostics checked_before;
    graph = make_graph(*called.workflow, checked_before);
  }

  const workflow::CalledWorkflow& called;
  std::shared_ptr<const CallFacts> facts;
  workflow::JobGraph graph;
  std::unique_ptr<Scheduler> run;
};

void append(Actions& actions, Actions more);

}  // namespace crun::runner
