// What the kinds of steps share: the parts of the running job, one call of a step, its result.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "executor/action/resolve.hpp"
#include "executor/context/contexts.hpp"
#include "executor/context/job_state.hpp"
#include "executor/files/file_commands.hpp"
#include "executor/host/host.hpp"
#include "executor/log/step_log.hpp"
#include "executor/net/registry.hpp"
#include "executor/process/cancel.hpp"
#include "executor/process/offload.hpp"
#include "workflow/expression/token.hpp"
#include "workflow/model/workflow.hpp"

namespace crun::executor {

/// One use of an action by a step, from its pre stage to its post stage.
struct ActionUse {
  std::optional<ResolvedAction> action;  // of a local one: once its step runs
  Environment inputs;                    // INPUT_*
  NamedValues state;                     // STATE_*, grows with GITHUB_STATE of each stage
  bool has_post_step = false;            // a post stage is registered once
  std::unique_ptr<StepFrame> frame;      // of a composite action: that of its steps
  std::string image;                     // of a Docker action, once it is built or pulled
};

/// By the ids of the steps that lead there: "setup/__actions_cache".
using ActionUses = std::map<std::string, ActionUse>;

/// An action's stage that runs after the main steps, last registered first.
struct PostStep {
  std::string name;  // "Post Login to DockerHub"
  const workflow::Step* step = nullptr;
  std::string use;        // key of its ActionUse
  std::string composite;  // key of that of the composite action around it; empty: the job's own
};

/// The parts of a running job that its steps use. Lives as long as the job.
struct JobParts {
  const ContextSources& sources;
  JobState& state;
  Host& host;     // where steps run
  Host& machine;  // this machine, for built-in actions; the same unless the job has a container
  Emit emit;
  MatcherSet& matchers;
  BlockingPool& pool;
  CancelSource& job_cancel;
  CredentialSource credentials;  // loop thread only
  std::vector<PostStep>& posts;
  ActionUses& uses;
};

/// One step being run: of the job, or nested in a composite action (then log, number and cancel are
/// those of the calling step).
struct StepCall {
  const workflow::Step& step;
  StepFrame& frame;
  int number = 0;
  ActionIdentity action;
  Environment env;      // the env context, with the step's own env
  Environment own_env;  // the step's own env alone
  StepLog& log;
  CancelSource& cancel;
};

struct StepOutcome {
  Conclusion conclusion = Conclusion::success;
  NamedValues outputs;
  std::string reason;  // of failures, for the summary
};

/// The scope of a step's expressions, with hashFiles and the status functions.
workflow::Scope call_scope(
    const JobParts& parts,
    const StepFrame& frame,
    const Environment& env,
    const ActionIdentity& action);
/// That of a call.
workflow::Scope call_scope(const JobParts& parts, const StepCall& call);

/// What a step's env may allow its commands.
constexpr char unsecure_commands[] = "ACTIONS_ALLOW_UNSECURE_COMMANDS";
constexpr char unsecure_stop_tokens[] = "ACTIONS_ALLOW_UNSECURE_STOPCOMMAND_TOKENS";
bool is_set(const Environment& env, const char* name);

/// Does a failure of this step not count (`continue-on-error`)? What cannot be evaluated is no yes.
bool is_forgiven(const StepCall& call, const workflow::Scope& scope);

/// A mapping of names to texts (env, with) evaluated. Null values are ''.
NamedValues evaluate_mapping(const workflow::Token* token, const workflow::Scope& scope);

/// Runs a program as the step's process: environment files, log, ladder; applies what the step
/// asked for to the job's state. The conclusion is by exit code.
struct ProcessCall {
  std::vector<std::string> argv;
  std::string directory;  // as the program sees it
  std::string script;     // see SpawnRequest
  Where where = Where::steps;
  std::optional<Environment> environment;  // the step's process environment, where it is known
  Environment extra;                       // on top of it
  NamedValues* saved_state = nullptr;      // grows by what the process saves
  /// Lines of a built-in action's report.
  std::function<void(const std::vector<std::string>&)> on_report;
};
asio::awaitable<StepOutcome> run_process(JobParts& parts, StepCall& call, ProcessCall process);

asio::awaitable<StepOutcome> run_script_step(JobParts& parts, StepCall& call);
asio::awaitable<StepOutcome> run_uses_step(JobParts& parts, StepCall& call);
asio::awaitable<StepOutcome> run_composite_step(JobParts& parts, StepCall& call, ActionUse& use);
asio::awaitable<StepOutcome> run_builtin_step(JobParts& parts, StepCall& call, ActionUse& use);
asio::awaitable<StepOutcome> run_builtin_post(JobParts& parts, StepCall& call, ActionUse& use);

/// The stage of an action before the main steps, which only one that is not local can have; of a
/// composite one those of the actions in it.
asio::awaitable<StepOutcome> run_pre_step(JobParts& parts, StepCall& call, ActionUse& use);
asio::awaitable<StepOutcome> run_post_step(JobParts& parts, StepCall& call, const PostStep& post);

/// Runs any step in its frame: kind by kind. `log`, number and cancel as in the call.
asio::awaitable<StepOutcome> run_step_kind(JobParts& parts, StepCall& call);

/// The name people see: the evaluated `name`, else "Run <first line>" or "Run <uses>".
std::string display_name(const workflow::Step& step, const workflow::Scope& scope);

}  // namespace crun::executor
