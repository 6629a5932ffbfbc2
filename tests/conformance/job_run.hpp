// Runs one job for a case: its steps as a workflow's text, in processes on this machine.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "executor/events.hpp"

namespace crun::conformance {

struct JobRun {
  executor::Conclusion conclusion = executor::Conclusion::success;
  std::string reason;
  std::vector<executor::StepFinished> steps;  // in the order of their numbers
};

/// `steps` is the text below `steps:`, indented by four. The job is cancelled when the step with
/// the number `cancel_at` begins. Throws std::runtime_error when the text is no workflow.
JobRun run_job_of(const std::string& steps, std::optional<int> cancel_at = std::nullopt);

}  // namespace crun::conformance
