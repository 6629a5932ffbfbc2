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

NamedValues evaluated_inputs(JobParts& parts, StepCall& call, ActionUse& use) {
  const auto scope = call_scope(parts, call.frame, call.env, call.action_name);
  const auto given = evaluate_mapping(call.step.with.get(), scope);
  say_inputs(call, given);
  auto inputs = action_inputs(call, *use.action->manifest, given, scope);
  use.inputs = {};
  for (const auto& [name, value] : inputs) use.inputs.set(input_variable(name), value);
  return inputs;
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
  evaluated_inputs(parts, call, use);
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
    auto action = co_await offload(parts.pool, resolve);
    use.action = std::move(action);
  }
  bring_along(parts.sources, *use.action);
  if (use.action->kind == ResolvedAction::Kind::builtin) {
    co_return co_await run_builtin_step(parts, call, use);
  }
  if (use.action->kind == ResolvedAction::Kind::image) {
    co_return co_await run_image_step(parts, call, use);
  }
  if (use.action->manifest->kind == Kind::composite) {
    co_return co_await run_composite_step(parts, call, use);
  }
  co_return co_await run_program_stage(parts, call, use, ActionStage::main);
}

asio::awaitable<StepOutcome> run_pre_step(JobParts& parts, StepCall& call, ActionUse& use) {
  const auto& manifest = *use.action->manifest;
  bring_along(parts.sources, *use.action);
  if (manifest.kind == Kind::composite) {
    co_return co_await run_composite_pre(parts, call, use);
  }
  StepOutcome outcome;
  const auto scope = call_scope(parts, call.frame, call.env, call.action_name);
  if (manifest.pre_if && !decide(*manifest.pre_if, scope).runs) {
    outcome.conclusion = Conclusion::skipped;
    co_return outcome;
  }
  co_return co_await run_program_stage(parts, call, use, ActionStage::pre);
}

asio::awaitable<StepOutcome> run_post_step(JobParts& parts, StepCall& call, const PostStep& post) {
  auto& use = parts.uses.at(post.use);
  if (use.action->kind == ResolvedAction::Kind::builtin) {
    co_return co_await run_builtin_post(parts, call, use);
  }
  const auto& manifest = *use.action->manifest;
  StepOutcome outcome;
  const auto scope = call_scope(parts, call.frame, call.env, call.action_name);
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
