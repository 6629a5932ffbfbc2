// The contexts and the environment a step sees, built from the run, the job and its state
// (runner.md 1.9 and 1.10).
#pragma once

#include <string>
#include <vector>

#include "executor/context/job_place.hpp"
#include "executor/context/job_request.hpp"
#include "executor/context/job_state.hpp"
#include "executor/files/file_commands.hpp"
#include "workflow/expression/expression.hpp"

namespace crun::executor {

/// Everything contexts are made of, by reference: lives as long as the job.
struct ContextSources {
  const RunFacts& run;
  const JobRequest& job;
  const JobFolders& folders;
  const JobState& state;
  const JobPlace& place;
  FileCommandStock& files;
};

/// Whom the github context names while a step runs.
struct ActionIdentity {
  std::string step;  // of the job, also for what a composite action of it runs; empty: no step
  /// Of the action that the step uses; empty for scripts and for actions of the job's own files.
  std::string repository, ref;
};

/// While a step's env and condition are looked at: a nested one still has the composite's.
ActionIdentity before_it_runs(const StepFrame& frame, const std::string& step);

/// Programs of a job run where its steps do, or (built-in actions) always on this machine.
enum class Where { steps, machine };

/// The scope of an expression in a step of `frame`. `env` is the env context as this step sees it.
/// Composite steps see neither secrets nor needs nor vars, as on GitHub.
workflow::Scope step_scope(
    const ContextSources& sources,
    const StepFrame& frame,
    const Environment& env,
    const ActionIdentity& action);

/// What expressions in steps may name: all contexts at job level, fewer in composite actions.
const workflow::ExpressionNames& step_names(bool composite);

/// The scope of job-level values: job env, outputs, timeout.
workflow::Scope job_scope(const ContextSources& sources, const workflow::Object& steps);

/// The env context of a step before its own `env`: the job's, then what the calling step of a
/// composite set.
Environment frame_environment(const JobState& state, const StepFrame& frame);

/// Makes a client of the engine on this machine find the job's credentials and nobody else's.
void set_credentials(Environment& environment, const ContextSources& sources);

/// What a process of a step gets besides the env context: the environment of the machine or image
/// below it, PATH additions, GITHUB_* and RUNNER_* above it (a workflow cannot override those).
Environment process_environment(
    const ContextSources& sources,
    const StepFrame& frame,
    const Environment& env,
    const ActionIdentity& action,
    Where where = Where::steps);

}  // namespace crun::executor
