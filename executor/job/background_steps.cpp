#include "executor/job/background_steps.hpp"

#include <algorithm>
#include <chrono>

#include <boost/asio/co_spawn.hpp>
#include <fmt/format.h>

namespace crun::executor {

using Clock = std::chrono::steady_clock;

namespace {

constexpr int most_at_once = 10;

std::chrono::milliseconds since(Clock::time_point begin) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - begin);
}

}  // namespace

struct BackgroundSteps::Record {
  Record(
      const JobParts& of_job,
      const StepFrame& job_frame,
      const workflow::Step& the_step,
      int its_number,
      const std::string& scope,
      CancelSource& force)
      : step(the_step),
        number(its_number),
        before(of_job.state),
        state(of_job.state),
        frame(job_frame),
        sources{
            of_job.sources.run,
            of_job.sources.job,
            of_job.sources.folders,
            state,
            of_job.sources.place,
            of_job.sources.files},
        parts{
            sources,
            state,
            of_job.host,
            of_job.machine,
            of_job.emit,
            of_job.matchers,
            of_job.pool,
            of_job.job_cancel,
            of_job.credentials,
            of_job.posts,
            of_job.uses},
        forced(force.on_request([this, &force] { stop.request(force.reason()); })) {
    frame.scope = scope;
  }

  const workflow::Step& step;
  int number;
  const JobState before;  // the job when the step began
  JobState state;         // what it made of it
  StepFrame frame;
  ContextSources sources;
  JobParts parts;
  CancelSource stop;
  CancelSource::Subscription forced;
  StepResult result;
  enum class Phase { queued, running, ended, merged } phase = Phase::queued;
};

BackgroundSteps::BackgroundSteps(
    asio::any_io_executor executor, JobParts parts, StepFrame& frame, CancelSource& force)
    : executor_(executor),
      parts_(std::move(parts)),
      frame_(frame),
      force_(force),
      bell_(executor) {}

BackgroundSteps::~BackgroundSteps() = default;

void BackgroundSteps::start(const workflow::Step& step, int number, const std::string& scope) {
  records_.push_back(std::make_unique<Record>(parts_, frame_, step, number, scope, force_));
  launch_next();
}

void BackgroundSteps::launch_next() {
  for (auto& record : records_) {
    if (running_ >= most_at_once) return;
    if (record->phase == Record::Phase::queued) launch(*record);
  }
}

void BackgroundSteps::launch(Record& record) {
  record.phase = Record::Phase::running;
  ++running_;
  asio::co_spawn(
      executor_,
      run_step(record.parts, record.frame, record.step, record.number, record.stop),
      [this, &record](const std::exception_ptr& error, StepResult result) {
        record.result = std::move(result);
        if (error) record.result.conclusion = Conclusion::failure;
        record.phase = Record::Phase::ended;
        --running_;
        launch_next();
        bell_.ring();
      });
}

/// Whom a step that waits or cancels means.
BackgroundSteps::Records BackgroundSteps::chosen(const workflow::Step& step) const {
  Records records;
  for (const auto& record : records_) {
    const bool named =
        std::any_of(step.targets.begin(), step.targets.end(), [&](const std::string& target) {
          return workflow::compare_ignoring_case(target, record->step.id) == 0;
        });
    if (named || step.kind == workflow::Step::Kind::wait_all) records.push_back(record.get());
  }
  return records;
}

asio::awaitable<void> BackgroundSteps::until_ended(Records records) {
  const auto ended = [](const Record* record) { return record->phase >= Record::Phase::ended; };
  while (!std::all_of(records.begin(), records.end(), ended)) {
    co_await bell_.wait_until(Clock::now() + std::chrono::hours(24));
  }
}

/// What the steps set and how they ended becomes the job's, in their order. A step that was
/// cancelled counts for nothing.
StepResult BackgroundSteps::merge(const Records& records) {
  StepResult result;
  for (auto* record : records) {
    if (record->phase == Record::Phase::merged) continue;
    record->phase = Record::Phase::merged;
    auto& job = parts_.state;
    for (const auto& [name, value] : record->state.env) {
      const auto* old = record->before.env.find(name);
      if (old == nullptr || *old != value) job.env.set(name, value);
    }
    for (const auto& entry : record->state.path) {
      const auto& known = record->before.path;
      if (std::find(known.begin(), known.end(), entry) != known.end()) continue;
      std::erase(job.path, entry);
      job.path.push_back(entry);
    }
    const auto& id = record->step.id;
    if (const auto* value = record->frame.steps.find(id)) frame_.steps.set(id, *value);
    if (record->result.conclusion != Conclusion::failure) continue;
    job.status = Conclusion::failure;
    if (result.conclusion == Conclusion::failure) continue;
    result.conclusion = Conclusion::failure;
    result.reason = fmt::format("{}: {}", record->result.name, record->result.reason);
  }
  return result;
}

asio::awaitable<StepResult> BackgroundSteps::run_control(const workflow::Step& step, int number) {
  const auto begin = Clock::now();
  const auto& job = parts_.sources.job.id;
  const auto scope = call_scope(parts_, frame_, parts_.state.env, {step.id, {}, {}});
  const auto name = parts_.sources.run.masker->mask(display_name(step, scope));
  parts_.emit(StepStarted{job, number, name});
  auto records = chosen(step);
  if (step.kind == workflow::Step::Kind::cancel) {
    for (auto* record : records) {
      record->stop.request(fmt::format("cancelled by the step {}", name));
      if (record->phase == Record::Phase::queued) launch(*record);  // to be told as skipped
    }
  }
  co_await until_ended(records);
  auto result = merge(records);
  result.name = name;
  parts_.emit(StepFinished{
      job, number, name, result.conclusion, result.conclusion, since(begin), result.reason});
  co_return result;
}

asio::awaitable<StepResult> BackgroundSteps::run_parallel(const workflow::Step& group, int first) {
  const auto known = records_.size();
  for (const auto& step : group.parallel) start(step, first++, group.id + "/");
  Records records;
  for (auto place = known; place < records_.size(); ++place) {
    records.push_back(records_[place].get());
  }
  co_await until_ended(records);
  auto result = merge(records);
  const auto scope = call_scope(parts_, frame_, parts_.state.env, {group.id, {}, {}});
  result.name = parts_.sources.run.masker->mask(display_name(group, scope));
  co_return result;
}

asio::awaitable<StepResult> BackgroundSteps::settle() {
  Records records;
  for (const auto& record : records_) records.push_back(record.get());
  co_await until_ended(records);
  auto result = merge(records);
  result.name = "steps in the background";
  co_return result;
}

asio::awaitable<void> BackgroundSteps::abandon() {
  Records records;
  for (const auto& record : records_) {
    record->stop.request("the job has ended");
    records.push_back(record.get());
  }
  co_await until_ended(records);
}

}  // namespace crun::executor
