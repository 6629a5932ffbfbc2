// What `crun plan` and `crun explain` say of a prepared run.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "runner/engine/prepare.hpp"
#include "runner/engine/run_options.hpp"
#include "workflow/plan/forecast.hpp"

namespace crun::runner {

/// The parts of a plan, made once for a prepared run without errors.
class PlanWords {
 public:
  PlanWords(const PreparedRun& prepared, const RunOptions& options);

  /// Which event of which commit, and whether the workflow starts.
  std::string head() const;
  /// Every job with its decision, its legs and the steps that have a condition.
  std::string jobs() const;
  /// What the event has passed, and when the workflow starts by itself.
  std::string trigger(std::chrono::system_clock::time_point now) const;
  /// A job with all its steps, and what it needs. Throws UsageError when there is none.
  std::string job(const std::string& id) const;
  /// A step by its id, number or name. Throws UsageError.
  std::string step(const std::string& job, const std::string& step) const;

 private:
  const workflow::JobForecast& find(const std::string& id) const;
  std::string told_steps(const workflow::JobForecast& job, bool all) const;

  const PreparedRun& prepared_;
  workflow::Object contexts_;
  std::vector<workflow::JobForecast> jobs_;
};

}  // namespace crun::runner
