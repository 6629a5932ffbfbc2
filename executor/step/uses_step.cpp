// A `uses` step: its action is found, then run by its kind, stage by stage (runner.md 1.3.5). What
// is not local was found before the job's first step.

#include <fmt/format.h>

#include "executor/error.hpp"
#include "executor/process/offload.hpp"
#include "executor/step/action_stages.hpp"
#include "workflow/plan/condition.hpp"

namespace crun::executor {

using Kind = workflow::Action::Kind;

namespace {

void set_inputs(ActionUse& use, const NamedValues& inputs) {
  use.inputs = {};
  for (const auto& [name, value] : inputs) use.inputs.set(input_variable(name), value);
}

/// What the step says of its environment and its inputs, in the light of what has run since.
void read_again(JobParts& parts, StepCall& call, ActionUse& use) {
  for (auto& [name, value] : evaluate_mapping(call.step.env.get(), call_scope(parts, call))) {
    call.own_env.set(name, value);
  }
  call.env.merge(call.own_env);
  if (!use.action->manifest) return;
  const auto scope = call_scope(parts, call);
  const auto given = evaluate_mapping(call.step.with.get(), scope);
  set_inputs(use, action_inputs(*use.action->manifest, given, scope));
}

/// From here on the github context names the action itself.
void acts_as(StepCall& call, const ActionUse& use) {
  call.action = {call.action.step, use.action->repository, use.action->ref};
}

const std::string& file_of(const workflow::Action& action, ActionStage stage) {
  return stage == ActionStage::pre    ? action.pre
         : stage == ActionStage::main ? action.main
                                      : action.post;
}

/// Main or pre of an action that runs as a program; its post stage will follow.
asio::awaitable<StepOutcome> run_program_stage(
    JobParts& parts, StepCall& call, ActionUse& use, ActionStage stage) {
  const auto& manifest = *use.action->manifest;
  const auto scope = call_scope(parts, call);
  const auto given = evaluate_mapping(call.step.with.get(), scope);
  const auto inputs = action_inputs(manifest, given, scope);
  say_inputs(call, given, inputs);
  warn_of_inputs(call, manifest, given);
  set_inputs(use, inputs);
  if (!manifest.post.empty() || !manifest.post_entrypoint.empty()) {
    register_post(parts, call, use);
  }
  if (manifest.kind == Kind::docker) {
    co_return co_await run_docker_stage(parts, call, use, stage);
  }
  const auto& file = file_of(manifest, stage);
  co_return co_await run_node_stage(parts, call, use, file);
}

}  // namespace

asio::awaitable<StepOutcome> run_uses_step(JobParts& parts, StepCall& call) {
  auto& use = parts.uses[use_key(call.frame, call.step)];
  if (!use.action) {
    const auto place = place_of(parts, call.frame);
    const auto uses = call.step.uses;
    auto store = parts.sources.run.actions;
    auto resolve = [uses, place, store] { return resolve_action(uses, place, *store); };
    auto action = co_await offload_unless(call.cancel, parts.pool, std::move(resolve));
    use.action = std::move(action);
  }
  acts_as(call, use);
  bring_along(parts.sources, *use.action);
  if (use.action->kind == ResolvedAction::Kind::builtin) {
    co_return co_await run_builtin_step(parts, call, use);
  }
  if (use.action->kind == ResolvedAction::Kind::image) {
    co_return co_await run_image_step(parts, call, use);
  }
  const auto& manifest = *use.action->manifest;
  if (manifest.kind == Kind::composite) {
    co_return co_await run_composite_step(parts, call, use);
  }
  if (is_local(call.step.uses) && (!manifest.pre.empty() || !manifest.pre_entrypoint.empty())) {
    call.log.annotate(
        LogLine::Kind::warning,
        fmt::format("`pre` execution is not supported for local action from '{}'", call.step.uses));
  }
  co_return co_await run_program_stage(parts, call, use, ActionStage::main);
}

asio::awaitable<StepOutcome> run_pre_step(JobParts& parts, StepCall& call, ActionUse& use) {
  const auto& manifest = *use.action->manifest;
  acts_as(call, use);
  bring_along(parts.sources, *use.action);
  if (manifest.kind == Kind::composite) {
    co_return co_await run_composite_pre(parts, call, use);
  }
  StepOutcome outcome;
  const auto scope = call_scope(parts, call);
  if (manifest.pre_if && !decide(*manifest.pre_if, scope).runs) {
    outcome.conclusion = Conclusion::skipped;
    co_return outcome;
  }
  co_return co_await run_program_stage(parts, call, use, ActionStage::pre);
}

asio::awaitable<StepOutcome> run_post_step(JobParts& parts, StepCall& call, const PostStep& post) {
  auto& use = parts.uses.at(post.use);
  acts_as(call, use);
  read_again(parts, call, use);
  if (use.action->kind == ResolvedAction::Kind::builtin) {
    co_return co_await run_builtin_post(parts, call, use);
  }
  const auto& manifest = *use.action->manifest;
  StepOutcome outcome;
  auto scope = call_scope(parts, call);
  // After the main steps it is the job's result that counts, in composite actions too.
  for (auto& [name, function] : workflow::step_status_functions(parts.state.status)) {
    scope.functions[name] = function;
  }
  if (manifest.post_if && !decide(*manifest.post_if, scope).runs) {
    outcome.conclusion = Conclusion::skipped;
    co_return outcome;
  }
  if (manifest.kind == Kind::docker) {
    co_return co_await run_docker_stage(parts, call, use, ActionStage::post);
  }
  co_return co_await run_node_stage(parts, call, use, manifest.post);
}

}  // namespace crun::executor
