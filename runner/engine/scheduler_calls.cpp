// The part of the scheduler that is about jobs that call workflows.

#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include "runner/engine/call_values.hpp"
#include "runner/engine/scheduler_call.hpp"

namespace crun::runner {

using workflow::EvaluationError;
using workflow::Object;
using workflow::Scope;
using workflow::Value;

void append(Actions& actions, Actions more) {
  const auto move_all = [](auto& from, auto& to) {
    to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
  };
  move_all(more.settled, actions.settled);
  move_all(more.cancel, actions.cancel);
  move_all(more.start, actions.start);
}

void Scheduler::start_call(int job, std::size_t index, Actions& actions) {
  auto& leg = jobs_[job].legs[index];
  const auto* called = options_.calls ? find_call(*options_.calls, leg.leg.job->id) : nullptr;
  const auto fail = [&](const std::string& reason, Conclusion conclusion = Conclusion::failure) {
    actions.settled.push_back({leg.leg.id, leg.leg.name, leg.leg.job, conclusion, reason});
    end_leg(job, index, conclusion, {}, actions);
  };
  if (called == nullptr) return fail(fmt::format("{} was not read", leg.leg.job->uses));
  auto facts = std::make_shared<CallFacts>();
  facts->workflow = called->workflow;
  try {
    const auto scope = leg_scope(leg.leg);
    facts->inputs = call_inputs(*called->workflow, *leg.leg.job, scope);
    facts->secrets = call_secrets(*leg.leg.job, scope, options_.secrets);
  } catch (const EvaluationError& error) {
    return fail(error.what());
  }
  auto call = std::make_shared<Call>(*called, facts);
  auto contexts = contexts_;
  contexts.set("inputs", Value(facts->inputs));
  SchedulerOptions options;
  options.max_parallel = options_.max_parallel;
  options.calls = &called->calls;
  options.secrets = facts->secrets;
  call->run = std::make_unique<Scheduler>(
      *called->workflow, call->graph, std::move(contexts), std::move(options));
  auto above = inside_.groups_above;
  if (leg.group) above.insert(group_key(leg.group->name));
  for (const auto& own : call->run->inside_.groups_above) {  // that of the called workflow
    if (!above.insert(own).second) return fail(deadlock(own, leg.leg.name), Conclusion::cancelled);
  }
  call->run->inside_ = {
      leg.leg.id + ".",
      leg.leg.name + " / ",
      facts,
      inside_.running,
      inside_.groups,
      std::move(above)};
  leg.call = call;
  append(actions, call->run->begin());
}

bool Scheduler::end_call(int job, std::size_t index, Actions& actions) {
  auto& leg = jobs_[job].legs[index];
  if (leg.phase == LegState::Phase::ended) return true;
  if (!leg.call || !leg.call->run->done()) return false;
  const auto& run = *leg.call->run;
  auto conclusion = run.result();
  Outputs outputs;
  try {
    Scope scope;
    scope.contexts = run.contexts_;
    scope.contexts.set("jobs", run.results());
    outputs = call_outputs(*leg.call->facts->workflow, scope);
  } catch (const EvaluationError& error) {
    conclusion = Conclusion::failure;
    actions.settled.push_back({leg.leg.id, leg.leg.name, leg.leg.job, conclusion, error.what()});
  }
  end_leg(job, index, conclusion, outputs, actions);
  return true;
}

/// The context `jobs` of a called workflow's outputs.
Value Scheduler::results() const {
  Object jobs;
  for (std::size_t job = 0; job < jobs_.size(); ++job) {
    jobs.set(workflow_.jobs[job].id, result_of(jobs_[job]));
  }
  return Value(std::move(jobs));
}

Conclusion Scheduler::result() const {
  if (failed_) return Conclusion::failure;
  const bool cancelled = std::any_of(jobs_.begin(), jobs_.end(), [](const JobState& job) {
    return job.result == Conclusion::cancelled;
  });
  return cancelled ? Conclusion::cancelled : Conclusion::success;
}

}  // namespace crun::runner
