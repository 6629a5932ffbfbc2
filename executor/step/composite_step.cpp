// A composite action: nested steps in a frame of their own (runner.md 1.3.6). Their lines appear in
// the calling step; what they export is the job's; what they output is theirs but for `outputs`.

#include <algorithm>

#include <fmt/format.h>

#include "executor/error.hpp"
#include "executor/step/action_stages.hpp"
#include "workflow/plan/condition.hpp"

namespace crun::executor {

namespace {

/// What is true of a nested step before it runs: the env it sees, and what it adds itself.
struct NestedEnvironment {
  Environment all, own;
};

NestedEnvironment nested_environment(
    JobParts& parts, const StepFrame& frame, const workflow::Step& step) {
  NestedEnvironment env;
  env.all = frame_environment(parts.state, frame);
  const auto scope = call_scope(parts, frame, env.all, before_it_runs(frame, step.id));
  for (auto& [name, value] : evaluate_mapping(step.env.get(), scope)) env.own.set(name, value);
  env.all.merge(env.own);
  return env;
}

/// A nested step before it runs. What cannot be evaluated fails it; a condition ends the action.
struct PreparedNested {
  NestedEnvironment env;
  bool runs = false, ends = false;
  std::string error;
};

PreparedNested prepare_nested(JobParts& parts, const StepFrame& frame, const workflow::Step& step) {
  PreparedNested prepared;
  try {
    prepared.env = nested_environment(parts, frame, step);
    prepared.ends = true;  // should the condition be the trouble
    const auto scope = call_scope(parts, frame, prepared.env.all, before_it_runs(frame, step.id));
    prepared.runs = frame.action_status == Conclusion::success;
    if (step.condition) prepared.runs = decide(*step.condition, scope).runs;
    prepared.ends = false;
  } catch (const workflow::EvaluationError& error) {
    prepared.error = error.what();
  }
  return prepared;
}

/// Would a step that runs now also run if the job were cancelled?
bool outlives_cancel(const workflow::Step& step, workflow::Scope scope) {
  if (!step.condition) return false;
  for (auto& [name, function] :
       workflow::step_status_functions(Conclusion::cancelled, Conclusion::cancelled)) {
    scope.functions[name] = function;
  }
  try {
    return decide(*step.condition, scope).runs;
  } catch (const workflow::EvaluationError&) {
    return false;
  }
}

/// One nested step. Its result goes into the frame: steps.<id>, and the action's status. `ends`: no
/// step comes after it, whatever its condition.
asio::awaitable<StepOutcome> run_nested(
    JobParts& parts, StepCall& outer, StepFrame& frame, const workflow::Step& step, bool& ends) {
  StepOutcome outcome;
  const auto prepared = prepare_nested(parts, frame, step);
  const auto& env = prepared.env;
  ends = prepared.ends;
  if (!prepared.error.empty()) {
    outcome = {Conclusion::failure, {}, prepared.error};
    outer.log.annotate(LogLine::Kind::error, prepared.error);
    remember_step(frame, step.id, {}, Conclusion::failure, Conclusion::failure);
    co_return outcome;
  }
  if (!prepared.runs) {
    outcome.conclusion = Conclusion::skipped;
    remember_step(frame, step.id, {}, Conclusion::skipped, Conclusion::skipped);
    co_return outcome;
  }
  const auto identity = before_it_runs(frame, step.id);
  const auto scope = call_scope(parts, frame, env.all, identity);
  CancelSource cancel;
  const auto with_outer = outer.cancel.on_request([&] { cancel.request(outer.cancel.reason()); });
  const auto with_job = parts.job_cancel.on_request([&] {
    if (!outlives_cancel(step, scope)) cancel.request(parts.job_cancel.reason());
  });
  outer.log.next_step(is_set(env.all, unsecure_commands), is_set(env.all, unsecure_stop_tokens));
  StepCall call{step, frame, outer.number, identity, env.all, env.own, outer.log, cancel};
  try {
    outcome = co_await run_step_kind(parts, call);
  } catch (const Error& error) {
    outcome.conclusion = Conclusion::failure;
    outcome.reason = error.what();
    call.log.annotate(
        LogLine::Kind::error,
        error.cure().empty() ? error.what() : fmt::format("{} ({})", error.what(), error.cure()));
  } catch (const workflow::EvaluationError& error) {
    outcome.conclusion = Conclusion::failure;
    outcome.reason = error.what();
    call.log.annotate(LogLine::Kind::error, error.what());
  }
  const bool goes_on = outcome.conclusion == Conclusion::failure && is_forgiven(call, scope);
  const auto conclusion = goes_on ? Conclusion::success : outcome.conclusion;
  remember_step(frame, step.id, outcome.outputs, outcome.conclusion, conclusion);
  outcome.conclusion = conclusion;
  co_return outcome;
}

}  // namespace

asio::awaitable<StepOutcome> run_composite_step(JobParts& parts, StepCall& call, ActionUse& use) {
  const auto action = use.action->manifest;
  const auto scope = call_scope(parts, call);
  const auto given = evaluate_mapping(call.step.with.get(), scope);
  const auto inputs = action_inputs(*action, given, scope);
  say_inputs(call, given, inputs);
  warn_of_inputs(call, *action, given);
  for (const auto& input : action->inputs) {
    const auto found = std::find_if(
        inputs.begin(), inputs.end(), [&](const auto& entry) { return entry.first == input.name; });
    if (input.required && !input.default_value && found->second.empty()) {
      call.log.say(
          LogLine::Kind::warning, fmt::format("Input required and not supplied: {}", input.name));
    }
  }
  auto& frame = *(use.frame = composite_frame(call, use, inputs));
  frame.forgiven = call.frame.forgiven || is_forgiven(call, scope);

  StepOutcome outcome;
  bool ends = false;
  for (const auto& step : action->steps) {
    if (ends) break;
    auto nested = co_await run_nested(parts, call, frame, step, ends);
    if (parts.job_cancel.requested()) frame.action_status = Conclusion::cancelled;
    if (nested.conclusion == Conclusion::failure || nested.conclusion == Conclusion::cancelled) {
      if (frame.action_status == Conclusion::success) frame.action_status = nested.conclusion;
      if (outcome.conclusion == Conclusion::success) {
        outcome.conclusion = nested.conclusion;
        outcome.reason = nested.reason;
      }
    }
  }
  const auto end_scope = call_scope(parts, frame, call.env, call.action);
  for (const auto& output : action->outputs) {
    if (output.value) {
      outcome.outputs.emplace_back(output.name, evaluate_string(*output.value, end_scope));
    }
  }
  co_return outcome;
}

asio::awaitable<StepOutcome> run_composite_pre(JobParts& parts, StepCall& call, ActionUse& use) {
  const auto action = use.action->manifest;
  const auto scope = call_scope(parts, call);
  const auto given = evaluate_mapping(call.step.with.get(), scope);
  const auto inputs = action_inputs(*action, given, scope);
  auto& frame = *(use.frame = composite_frame(call, use, inputs));
  frame.forgiven = call.frame.forgiven || is_forgiven(call, scope);
  StepOutcome outcome;
  for (const auto& step : action->steps) {
    const auto found = parts.uses.find(use_key(frame, step));
    if (found == parts.uses.end() || !has_pre(found->second, found->first, parts.uses)) continue;
    const auto env = nested_environment(parts, frame, step);
    const auto identity = before_it_runs(frame, step.id);
    StepCall nested{step, frame, call.number, identity, env.all, env.own, call.log, call.cancel};
    auto result = co_await run_pre_step(parts, nested, found->second);
    if (result.conclusion == Conclusion::failure || result.conclusion == Conclusion::cancelled) {
      co_return result;
    }
  }
  co_return outcome;
}

}  // namespace crun::executor
