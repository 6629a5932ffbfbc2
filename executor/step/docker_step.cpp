// Docker actions: an image built of a Dockerfile or named, run beside the job with its workspace
// (runner.md 1.14.2).

#include <fmt/format.h>

#include "executor/error.hpp"
#include "executor/step/action_stages.hpp"

namespace crun::executor {

asio::awaitable<StepOutcome> run_docker_stage(JobParts&, StepCall& call, ActionUse&, ActionStage) {
  throw Error(
      fmt::format("{}: docker actions cannot be run yet in this version of crun", call.step.uses));
  co_return StepOutcome{};
}

asio::awaitable<StepOutcome> run_image_step(JobParts&, StepCall& call, ActionUse&) {
  throw Error(
      fmt::format("{}: docker actions cannot be run yet in this version of crun", call.step.uses));
  co_return StepOutcome{};
}

}  // namespace crun::executor
