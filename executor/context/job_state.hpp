// The changing part of a running job: environment, path, results of steps. One writer: the job.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "executor/events.hpp"
#include "executor/process/environment.hpp"
#include "workflow/expression/value.hpp"

namespace crun::executor {

/// The folders of one job on this machine, all of its own (runner.md 1.13). What steps in a
/// container call them tells JobPlace::paths. Those that only such steps have are there with the
/// first container: home, externals, actions.
struct JobFolders {
  std::string workspace;      // GITHUB_WORKSPACE
  std::string runner_folder;  // RUNNER_WORKSPACE, the parent of the workspace
  std::string temp;           // RUNNER_TEMP
  std::string private_temp;   // TMPDIR of the steps
  std::string tool_cache;     // RUNNER_TOOL_CACHE
  std::string file_commands;  // where GITHUB_OUTPUT and its kin lie
  std::string docker_config;  // DOCKER_CONFIG
  std::string event_path;     // GITHUB_EVENT_PATH
  std::string event_folder;   // holds the event file alone: /github/workflow in a container
  std::string home;           // /github/home in a container; steps on the machine keep theirs
  std::string externals;      // what crun brings along: /__e in a container
  std::string actions;        // fetched actions: /__w/_actions in a container
  std::string programs;       // on the steps' PATH: the credential helper
  std::string credentials;    // CRUN_CREDENTIALS, the socket the helper speaks to
};

struct JobState {
  Environment env;                     // the env context: workflow, job, then GITHUB_ENV
  std::set<std::string> env_of_steps;  // names in it that steps have set
  std::vector<std::string> path;       // GITHUB_PATH, newest last
  Conclusion status = Conclusion::success;
};

/// Where steps live: the job, or a composite action called by a step of it. Steps see the inputs
/// and the steps of their own frame only.
struct StepFrame {
  int depth = 0;     // 0: the job
  std::string step;  // of a composite: the job's step that it runs for
  workflow::Object inputs;
  workflow::Object steps;
  std::string action_path, action_repository, action_ref;
  std::string scope;      // the ids of the steps that lead here: "setup/", empty in the job
  std::string origin;     // of a composite: the files of its repository, where `$/path` begins
  Environment env;        // keys that the calling step's own `env` sets
  bool forgiven = false;  // of a composite: a failure of it does not count (continue-on-error)
  /// Of a composite: its result so far, which success() and failure() read.
  Conclusion action_status = Conclusion::success;

  bool composite() const { return depth > 0; }
};

/// A step's outputs and results, for `steps.<id>` of its frame. Of a step that has no id of its own
/// the context says nothing.
void remember_step(
    StepFrame& frame,
    const std::string& id,
    const std::vector<std::pair<std::string, std::string>>& outputs,
    Conclusion outcome,
    Conclusion conclusion);

}  // namespace crun::executor
