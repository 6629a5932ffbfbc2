#include "executor/step/step_runner.hpp"

#include <chrono>
#include <exception>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <fmt/format.h>

#include "executor/error.hpp"
#include "workflow/plan/condition.hpp"

namespace crun::executor {

using Clock = std::chrono::steady_clock;

namespace {

std::chrono::milliseconds since(Clock::time_point begin) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - begin);
}

std::string with_cure(const Error& error) {
  return error.cure().empty() ? std::string(error.what())
                              : fmt::format("{} ({})", error.what(), error.cure());
}

/// `env` is the step's: it may allow what the job does not.
StepLogOptions log_options(const JobParts& parts, const Environment& env, int number) {
  StepLogOptions options;
  options.job = parts.sources.job.id;
  options.step = number;
  options.debug = parts.sources.run.debug;
  options.allow_unsecure_commands = is_set(env, unsecure_commands);
  options.allow_unsecure_stop_tokens = is_set(env, unsecure_stop_tokens);
  options.workspace = parts.sources.folders.workspace;
  if (const auto& paths = parts.sources.place.paths; !paths.empty()) {
    options.host_path = [&paths](const std::string& path) { return paths.outside(path); };
  }
  return options;
}

/// Ends a step when the job is cancelled and its condition no longer holds, when everything is to
/// end now, and when its time is over.
class StepWatch {
 public:
  StepWatch(CancelSource& step, CancelSource& force)
      : step_(step), forced_(force.on_request([this, &force] { step_.request(force.reason()); })) {}

  void follow_job(CancelSource& job, std::function<bool()> still_runs) {
    job_ = job.on_request([this, &job, still_runs = std::move(still_runs)] {
      if (!still_runs()) step_.request(job.reason());
    });
  }

  void limit(asio::any_io_executor executor, double minutes, std::string message) {
    timer_.emplace(executor);
    timer_->expires_after(std::chrono::milliseconds(static_cast<std::int64_t>(minutes * 60'000)));
    timer_->async_wait(
        [this, message = std::move(message)](const boost::system::error_code& error) {
          if (error) return;
          timed_out_ = true;
          step_.request(message);
        });
  }

  bool timed_out() const { return timed_out_; }

 private:
  CancelSource& step_;
  CancelSource::Subscription forced_, job_;
  std::optional<asio::steady_timer> timer_;
  bool timed_out_ = false;
};

/// What is true of a step before it runs.
struct Prepared {
  std::string name;
  Environment env, own_env;
  workflow::Decision decision;
  std::string error;
};

Prepared prepare(JobParts& parts, StepFrame& frame, const workflow::Step& step) {
  Prepared prepared;
  prepared.env = frame_environment(parts.state, frame);
  auto scope = call_scope(parts, frame, prepared.env, {step.id, {}, {}});
  try {
    for (auto& [name, value] : evaluate_mapping(step.env.get(), scope)) {
      prepared.own_env.set(name, value);
    }
    prepared.env.merge(prepared.own_env);
    scope = call_scope(parts, frame, prepared.env, {step.id, {}, {}});
    prepared.decision.runs = parts.state.status == Conclusion::success;
    if (step.condition) prepared.decision = decide(*step.condition, scope);
    if (!step.condition || step.condition->text.empty()) {
      prepared.decision.reason = parts.state.status == Conclusion::cancelled
                                     ? "the job was cancelled"
                                     : "a step before it failed";
    }
  } catch (const workflow::EvaluationError& error) {
    prepared.error = error.what();
  }
  prepared.name = parts.sources.run.masker->mask(display_name(step, scope));
  return prepared;
}

/// success() of the job as it would be if it were cancelled now.
bool runs_when_cancelled(
    JobParts& parts, StepFrame& frame, const workflow::Step& step, const Environment& env) {
  if (!step.condition) return false;
  auto scope = call_scope(parts, frame, env, {step.id, {}, {}});
  for (auto& [name, function] : workflow::step_status_functions(Conclusion::cancelled)) {
    scope.functions[name] = function;
  }
  try {
    return decide(*step.condition, scope).runs;
  } catch (const workflow::EvaluationError&) {
    return false;
  }
}

/// Runs it; the world's failures become the step's.
asio::awaitable<StepOutcome> attempt(JobParts& parts, StepCall& call) {
  StepOutcome outcome;
  std::string message;
  try {
    outcome = co_await run_step_kind(parts, call);
    co_return outcome;
  } catch (const Error& error) {
    outcome.reason = error.what();
    message = with_cure(error);
  } catch (const std::exception& error) {  // an expression that cannot be evaluated
    outcome.reason = error.what();
    message = error.what();
  }
  outcome.conclusion = Conclusion::failure;
  call.log.finish();
  call.log.annotate(LogLine::Kind::error, message);
  co_return outcome;
}

double minutes_of(const workflow::TokenPtr& token, const workflow::Scope& scope, StepLog& log) {
  if (!token) return 0;
  try {
    const auto value = evaluate(*token, scope);
    if (value.kind() == workflow::Value::Kind::number) return value.number();
    log.annotate(LogLine::Kind::error, "timeout-minutes is not a number: the step has no limit");
  } catch (const workflow::EvaluationError& error) {
    log.annotate(LogLine::Kind::error, error.what());
  }
  return 0;
}

StepResult skip(
    const JobParts& parts, StepFrame& frame, const workflow::Step& step, const Prepared& prepared) {
  remember_step(frame, step.id, {}, Conclusion::skipped, Conclusion::skipped);
  const auto reason = parts.sources.run.masker->mask(prepared.decision.reason);
  return {prepared.name, Conclusion::skipped, reason};
}

/// What counts of it.
Conclusion concluded(const JobParts& parts, const StepCall& call, Conclusion outcome) {
  if (outcome != Conclusion::failure) return outcome;
  const bool forgiven = call.frame.forgiven || is_forgiven(call, call_scope(parts, call));
  return forgiven ? Conclusion::success : outcome;
}

/// Each stage of a step has all of its time.
void limit_time(
    asio::any_io_executor executor,
    const JobParts& parts,
    const StepCall& call,
    const std::string& name,
    StepWatch& watch) {
  const auto minutes = minutes_of(call.step.timeout_minutes, call_scope(parts, call), call.log);
  if (minutes <= 0) return;
  auto message = fmt::format(
      "The {} '{}' has timed out after {} minutes.",
      call.step.background ? "background step" : "action",
      name,
      minutes);
  watch.limit(executor, minutes, std::move(message));
}

void tell_timeout(const StepWatch& watch, StepCall& call, StepOutcome& outcome) {
  if (!watch.timed_out()) return;
  outcome.conclusion = Conclusion::failure;
  outcome.reason = call.cancel.reason();
  call.log.annotate(LogLine::Kind::error, outcome.reason);
}

void merge_into_job(JobState& state, Conclusion conclusion) {
  if (conclusion == Conclusion::failure && state.status != Conclusion::failure) {
    state.status = Conclusion::failure;
  }
}

}  // namespace

asio::awaitable<StepResult> run_step(
    JobParts& parts,
    StepFrame& frame,
    const workflow::Step& step,
    int number,
    CancelSource& force) {
  const auto begin = Clock::now();
  const auto job = parts.sources.job.id;
  auto prepared = prepare(parts, frame, step);
  if (prepared.error.empty() && (!prepared.decision.runs || force.requested())) {
    auto skipped = skip(parts, frame, step, prepared);
    parts.emit(StepFinished{
        job,
        number,
        skipped.name,
        skipped.conclusion,
        skipped.conclusion,
        since(begin),
        skipped.reason});
    co_return skipped;
  }
  StepResult result{prepared.name, Conclusion::success, {}};
  parts.emit(StepStarted{job, number, prepared.name});
  StepLog log(
      *parts.sources.run.masker,
      parts.matchers,
      parts.emit,
      log_options(parts, prepared.env, number));
  CancelSource cancel;
  StepCall call{
      step, frame, number, {step.id, {}, {}}, prepared.env, prepared.own_env, log, cancel};
  StepOutcome outcome;
  if (!prepared.error.empty()) {
    outcome.conclusion = Conclusion::failure;
    outcome.reason = prepared.error;
    log.annotate(LogLine::Kind::error, prepared.error);
  } else {
    StepWatch watch(cancel, force);
    watch.follow_job(
        parts.job_cancel, [&] { return runs_when_cancelled(parts, frame, step, prepared.env); });
    auto executor = co_await asio::this_coro::executor;
    limit_time(executor, parts, call, prepared.name, watch);
    outcome = co_await attempt(parts, call);
    tell_timeout(watch, call, outcome);
  }
  result.conclusion = concluded(parts, call, outcome.conclusion);
  result.reason = parts.sources.run.masker->mask(outcome.reason);
  remember_step(frame, step.id, outcome.outputs, outcome.conclusion, result.conclusion);
  merge_into_job(parts.state, result.conclusion);
  parts.emit(StepFinished{
      job,
      number,
      prepared.name,
      result.conclusion,
      outcome.conclusion,
      since(begin),
      result.reason});
  co_return result;
}

namespace {

/// The record of a pre or post stage: begun, run, ended. What goes wrong fails it.
asio::awaitable<StepResult> run_stage(
    JobParts& parts,
    StepCall& call,
    StepWatch& watch,
    std::string shown,
    std::function<asio::awaitable<StepOutcome>(StepCall&)> stage) {
  const auto begin = Clock::now();
  const auto job = parts.sources.job.id;
  const auto name = parts.sources.run.masker->mask(shown);
  parts.emit(StepStarted{job, call.number, name});
  StepOutcome outcome;
  std::string message;
  auto executor = co_await asio::this_coro::executor;
  limit_time(executor, parts, call, name, watch);
  try {
    outcome = co_await stage(call);
  } catch (const Error& error) {
    message = with_cure(error);
  } catch (const std::exception& error) {
    message = error.what();
  }
  if (!message.empty()) {
    outcome.conclusion = Conclusion::failure;
    outcome.reason = message;
    call.log.annotate(LogLine::Kind::error, message);
  }
  tell_timeout(watch, call, outcome);
  const auto conclusion = concluded(parts, call, outcome.conclusion);
  merge_into_job(parts.state, conclusion);
  parts.emit(StepFinished{
      job,
      call.number,
      name,
      conclusion,
      outcome.conclusion,
      since(begin),
      parts.sources.run.masker->mask(outcome.reason)});
  co_return StepResult{name, conclusion, outcome.reason};
}

}  // namespace

asio::awaitable<StepResult> run_pre(
    JobParts& parts,
    StepFrame& frame,
    const workflow::Step& step,
    ActionUse& use,
    int number,
    CancelSource& force) {
  auto prepared = prepare(parts, frame, step);
  StepLog log(
      *parts.sources.run.masker,
      parts.matchers,
      parts.emit,
      log_options(parts, prepared.env, number));
  CancelSource cancel;
  StepWatch watch(cancel, force);
  watch.follow_job(parts.job_cancel, [] { return false; });
  StepCall call{
      step, frame, number, {step.id, {}, {}}, prepared.env, prepared.own_env, log, cancel};
  auto stage = [&parts, &use](StepCall& called) { return run_pre_step(parts, called, use); };
  co_return co_await run_stage(parts, call, watch, "Pre " + prepared.name, stage);
}

asio::awaitable<StepResult> run_post(
    JobParts& parts, StepFrame& frame, const PostStep& post, int number, CancelSource& force) {
  StepLog log(
      *parts.sources.run.masker,
      parts.matchers,
      parts.emit,
      log_options(parts, parts.state.env, number));
  CancelSource cancel;
  StepWatch watch(cancel, force);
  auto& own = post.composite.empty() ? frame : *parts.uses.at(post.composite).frame;
  const auto identity = before_it_runs(own, post.step->id);
  StepCall call{
      *post.step, own, number, identity, frame_environment(parts.state, own), {}, log, cancel};
  auto stage = [&parts, &post](StepCall& called) { return run_post_step(parts, called, post); };
  co_return co_await run_stage(parts, call, watch, post.name, stage);
}

}  // namespace crun::executor
