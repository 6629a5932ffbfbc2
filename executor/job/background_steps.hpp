// Steps of a job that run beside the others (`background`, `parallel`), until they are waited for
// or cancelled (runner.md 1.3.9). What such a step sets, and its result, is the job's only once it
// was waited for; it sees the job as it was when it began.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "executor/host/bell.hpp"
#include "executor/step/step_runner.hpp"

namespace crun::executor {

class BackgroundSteps {
 public:
  /// Of a step of the job's own frame; all must outlive this. `force` ends every one at once.
  BackgroundSteps(
      asio::any_io_executor executor, JobParts parts, StepFrame& frame, CancelSource& force);
  ~BackgroundSteps();

  /// Begins a step, or lets it wait for its turn. `scope` is that of a parallel group.
  void start(const workflow::Step& step, int number, const std::string& scope = {});
  /// A step that waits or cancels: with a record of its own, whose failure is that of the steps.
  asio::awaitable<StepResult> run_control(const workflow::Step& step, int number);
  /// The steps of a parallel group, numbered from `first` on, to their common end.
  asio::awaitable<StepResult> run_parallel(const workflow::Step& group, int first);
  /// Waits for what nobody waited for.
  asio::awaitable<StepResult> settle();
  /// Ends what is under way, for a job that ends before its steps do.
  asio::awaitable<void> abandon();

 private:
  struct Record;
  using Records = std::vector<Record*>;

  Records chosen(const workflow::Step& step) const;
  void launch(Record& record);
  void launch_next();
  asio::awaitable<void> until_ended(Records records);
  StepResult merge(const Records& records);

  asio::any_io_executor executor_;
  JobParts parts_;
  StepFrame& frame_;
  CancelSource& force_;
  Bell bell_;
  std::vector<std::unique_ptr<Record>> records_;
  int running_ = 0;
};

}  // namespace crun::executor
