// What the runner asks of the executor, and what it gets back: one job, one leg of its matrix.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "executor/action/action_store.hpp"
#include "executor/events.hpp"
#include "executor/host/docker_engine.hpp"
#include "executor/log/masker.hpp"
#include "executor/net/credentials.hpp"
#include "executor/process/environment.hpp"
#include "workflow/expression/value.hpp"
#include "workflow/model/workflow.hpp"

namespace crun::executor {

/// The user's repository as actions/checkout sees it.
struct CheckoutSource {
  std::filesystem::path repository;  // working tree; empty when there is none
  std::string name;                  // "owner/repo"
  std::string ref;                   // full ref
  std::string commit;
  bool working_tree = false;  // give the tree as it is (act mode at HEAD)
};

/// How a run uses containers.
struct ContainerChoice {
  std::string engine = "docker";  // the engine's client
  PullPolicy pull = PullPolicy::missing;
  std::map<std::string, std::string> images;  // -P: label -> image, or "host"
};

/// A folder in the work folder of a run which containers see as /crun: the agent.
constexpr char container_folder[] = ".crun";

/// What all jobs of a run share. Immutable while it runs, but for the masker, which learns.
struct RunFacts {
  std::string run_id;
  workflow::WorkflowPtr workflow;
  workflow::Object github;  // the context without what belongs to a job or step
  workflow::Object job;  // what the job context says of the workflow file: called ones have others
  workflow::Object vars;
  workflow::Object secrets;
  workflow::Object inputs;
  std::string event_json;
  Environment machine_environment;  // what steps inherit of the machine
  Environment extra_environment;    // --env, --env-file: below the workflow's own env
  CheckoutSource checkout;
  std::shared_ptr<ActionStore> actions;
  std::string registry_map;             // "docker.io=127.0.0.1:5002,..."
  std::filesystem::path work_folder;    // of this run: workspaces and temporary files
  std::filesystem::path socket_folder;  // of this run: short paths, small files
  std::filesystem::path tool_cache;
  std::filesystem::path tree_store;  // of checkouts; empty: workspaces are copied
  DockerConfig docker_config;        // for each job a folder of its own with it
  std::string crun_program;          // this program, for built-in actions
  std::string agent_program;         // see AgentStock
  ContainerChoice containers;
  bool debug = false;
  bool sandbox = false;         // jobs on the machine see it read-only
  bool live_workspace = false;  // jobs work in the user's own folder, which stays
  std::shared_ptr<Masker> masker;
};

struct JobRequest {
  std::string id;    // unique per leg
  std::string name;  // display name
  const workflow::Job* job = nullptr;
  workflow::Value needs;
  workflow::Value strategy;
  workflow::Value matrix;
};

struct JobResult {
  Conclusion conclusion = Conclusion::success;
  std::vector<std::pair<std::string, std::string>> outputs;
  /// Of failures: the step and what went wrong, for the summary.
  std::string reason;
  /// The job's own. Nobody uses them any more: whoever asked for the job removes them, when there
  /// is time.
  std::vector<std::filesystem::path> folders;
};

/// Gives an event to the sinks; adds the time.
using Emit = std::function<void(Event::Body)>;

}  // namespace crun::executor
