// What the stages of an action share: whose they are, what they get, which of them there are.
#pragma once

#include <string>
#include <vector>

#include "executor/step/step_call.hpp"

namespace crun::executor {

enum class ActionStage { pre, main, post };

/// Empties a folder of the job in which a Docker action left files of another user, which crun may
/// not remove: in a container of its image. Does nothing where there are none. Never throws.
asio::awaitable<void> empty_after_docker_actions(JobParts& parts, std::string folder);

/// One file of a JavaScript action, below its folder.
asio::awaitable<StepOutcome> run_node_stage(
    JobParts& parts, StepCall& call, ActionUse& use, const std::string& file);
asio::awaitable<StepOutcome> run_docker_stage(
    JobParts& parts, StepCall& call, ActionUse& use, ActionStage stage);
/// `uses: docker://image`.
asio::awaitable<StepOutcome> run_image_step(JobParts& parts, StepCall& call, ActionUse& use);
asio::awaitable<StepOutcome> run_composite_pre(JobParts& parts, StepCall& call, ActionUse& use);

/// The key of a step's use of an action.
std::string use_key(const StepFrame& frame, const workflow::Step& step);

/// Resolves what a job's steps use, and what the composite actions among these use, as far as it is
/// not local. `scope` is that of their frame. Blocks. Throws Error.
void resolve_uses(
    const std::vector<workflow::Step>& steps,
    const std::string& scope,
    const ActionPlace& place,
    ActionStore& store,
    ActionUses& uses);

/// Where a step's `uses` stands.
ActionPlace place_of(const JobParts& parts, const StepFrame& frame);

/// Does it, or an action in it, have a stage before the main steps?
bool has_pre(const ActionUse& use, const std::string& key, const ActionUses& uses);

/// Inputs in the manifest's order, defaults and all, then those that it does not know.
NamedValues action_inputs(
    const workflow::Action& action, const NamedValues& given, const workflow::Scope& scope);
/// GitHub's warnings of unexpected and deprecated ones.
void warn_of_inputs(StepCall& call, const workflow::Action& action, const NamedValues& given);

/// GitHub's warning, where a step gives what the action does not know.
void warn_of_unexpected(
    StepCall& call,
    const std::vector<std::string>& unexpected,
    const std::vector<std::string>& valid);

/// "two words" -> "INPUT_TWO_WORDS"; hyphens stay, as on GitHub.
std::string input_variable(std::string_view input);

/// INPUT_* and STATE_*.
Environment stage_variables(const ActionUse& use);

/// The frame of a composite action that a step calls.
std::unique_ptr<StepFrame> composite_frame(
    const StepCall& call, const ActionUse& use, const NamedValues& inputs);

/// "Run owner/action@v1" as a group in the log, with what it gets: what the step gives comes first,
/// then the defaults; empty ones are left out.
void say_inputs(StepCall& call, const NamedValues& given, const NamedValues& inputs);

/// Where steps run in a container, an action from elsewhere is put into the folder of actions that
/// they see there. Blocks. Throws Error.
void bring_along(const ContextSources& sources, ResolvedAction& action);

/// Once for each use: its post stage will run, also if what comes now fails.
void register_post(JobParts& parts, const StepCall& call, ActionUse& use);

}  // namespace crun::executor
