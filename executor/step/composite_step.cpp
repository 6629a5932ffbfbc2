// A composite action: nested steps in a frame of their own (runner.md 1.3.6). Their lines appear in
// the calling step; what they export is the job's; what they output is theirs but for `outputs`.

#include <fmt/format.h>

#include "executor/action/local.hpp"
#include "executor/error.hpp"
#include "executor/step/step_call.hpp"
#include "workflow/plan/condition.hpp"

namespace crun::executor {

using workflow::Object;

namespace {

constexpr int deepest_nesting = 10;

Object action_inputs(
    StepCall& call,
    const workflow::Action& action,
    const NamedValues& given,
    const workflow::Scope& scope) {
  Object inputs;
  for (const auto& input : action.inputs) {
    inputs.set(input.name, input.default_value ? evaluate_string(*input.default_value, scope) : "");
  }
  for (const auto& [name, value] : given) {
    const auto* known = action.find_input(name);
    if (known == nullptr) {
      std::string valid;
      for (const auto& input : action.inputs) {
        valid += (valid.empty() ? "'" : ", '") + input.name + "'";
      }
      call.log.annotate(
          LogLine::Kind::warning,
          fmt::format("Unexpected input(s) '{}', valid inputs are [{}]", name, valid));
      continue;
    }
    inputs.set(known->name, value);
  }
  for (const auto& input : action.inputs) {
    const auto* value = inputs.find(input.name);
    if (input.required && !input.default_value && value->to_string().empty()) {
      call.log.say(
          LogLine::Kind::warning, fmt::format("Input required and not supplied: {}", input.name));
    }
  }
  return inputs;
}

/// One nested step. Its result goes into the frame: steps.<id>, and the action's status.
asio::awaitable<StepOutcome> run_nested(
    JobParts& parts, StepCall& outer, StepFrame& frame, const workflow::Step& step) {
  const auto action_name = step.id;
  Environment env = frame_environment(parts.state, frame);
  Environment own_env;
  StepOutcome outcome;
  auto scope = call_scope(parts, frame, env, action_name);
  for (auto& [name, value] : evaluate_mapping(step.env.get(), scope)) {
    own_env.set(name, value);
  }
  env.merge(own_env);
  scope = call_scope(parts, frame, env, action_name);
  bool runs = frame.action_status == Conclusion::success;
  if (step.condition) runs = decide(*step.condition, scope).runs;
  if (!runs) {
    outcome.conclusion = Conclusion::skipped;
    frame.steps.set(step.id, step_value({}, Conclusion::skipped, Conclusion::skipped));
    co_return outcome;
  }
  StepCall call{step, frame, outer.number, action_name, env, own_env, outer.log, outer.cancel};
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
  auto conclusion = outcome.conclusion;
  if (conclusion == Conclusion::failure && step.continue_on_error &&
      evaluate(*step.continue_on_error, scope).truthy()) {
    conclusion = Conclusion::success;
  }
  frame.steps.set(step.id, step_value(outcome.outputs, outcome.conclusion, conclusion));
  outcome.conclusion = conclusion;
  co_return outcome;
}

}  // namespace

asio::awaitable<StepOutcome> run_composite_step(
    JobParts& parts, StepCall& call, const std::string& folder) {
  if (call.frame.depth + 1 >= deepest_nesting) {
    throw Error(fmt::format("{}: composite actions are nested deeper than 10", call.step.uses));
  }
  const auto action = read_local_action(folder, call.step.uses);
  if (action->kind != workflow::Action::Kind::composite) {
    throw Error(fmt::format(
        "{} runs using '{}': only composite local actions are available yet",
        call.step.uses,
        action->using_));
  }
  const auto scope = call_scope(parts, call.frame, call.env, call.action_name);
  const auto given = evaluate_mapping(call.step.with.get(), scope);

  call.log.say(LogLine::Kind::group, fmt::format("Run {}", call.step.uses));
  for (const auto& [name, value] : given) {
    call.log.say(LogLine::Kind::command, fmt::format("  {}: {}", name, value));
  }
  call.log.say(LogLine::Kind::endgroup, "");

  StepFrame frame;
  frame.parent = &call.frame;
  frame.depth = call.frame.depth + 1;
  frame.action_path = folder;
  frame.env = call.frame.env;
  frame.env.merge(call.own_env);
  frame.inputs = action_inputs(call, *action, given, scope);

  StepOutcome outcome;
  for (const auto& step : action->steps) {
    auto nested = co_await run_nested(parts, call, frame, step);
    if (parts.job_cancel.requested()) frame.action_status = Conclusion::cancelled;
    if (nested.conclusion == Conclusion::failure || nested.conclusion == Conclusion::cancelled) {
      if (frame.action_status == Conclusion::success) frame.action_status = nested.conclusion;
      if (outcome.conclusion == Conclusion::success) {
        outcome.conclusion = nested.conclusion;
        outcome.reason = nested.reason;
      }
    }
  }
  const auto end_scope = call_scope(parts, frame, call.env, call.action_name);
  for (const auto& output : action->outputs) {
    if (output.value) {
      outcome.outputs.emplace_back(output.name, evaluate_string(*output.value, end_scope));
    }
  }
  co_return outcome;
}

}  // namespace crun::executor
