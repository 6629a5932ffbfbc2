// One step of a job: its env, its condition, its time limit, its run, its result. The place where
// an Error becomes a failed step.
#pragma once

#include "executor/process/cancel.hpp"
#include "executor/step/step_call.hpp"

namespace crun::executor {

struct StepResult {
  std::string name;                             // as people saw it
  Conclusion conclusion = Conclusion::success;  // after continue-on-error
  std::string reason;
};

/// Runs a step of the job's own frame and records it under steps.<id>. `force` ends it at once.
asio::awaitable<StepResult> run_step(
    JobParts& parts, StepFrame& frame, const workflow::Step& step, int number, CancelSource& force);

/// Runs the stage of an action that comes before the main steps, as a step of its own.
asio::awaitable<StepResult> run_pre(
    JobParts& parts,
    StepFrame& frame,
    const workflow::Step& step,
    ActionUse& use,
    int number,
    CancelSource& force);

/// Runs a post stage as a step of its own.
asio::awaitable<StepResult> run_post(
    JobParts& parts, StepFrame& frame, const PostStep& post, int number, CancelSource& force);

}  // namespace crun::executor
