#include "runner/engine/run_facts.hpp"

#include <algorithm>
#include <thread>
#include <utility>

#include "runner/engine/github_context.hpp"
#include "runner/engine/machine.hpp"
#include "workflow/expression/json.hpp"
#include "workflow/model/uses.hpp"
#include "workflow/source/unicode.hpp"

namespace crun::runner {

using namespace executor;

SchedulerOptions scheduler_options(const RunOptions& options) {
  SchedulerOptions chosen;
  chosen.max_parallel = options.max_parallel > 0
                            ? options.max_parallel
                            : std::max(2, static_cast<int>(std::thread::hardware_concurrency()));
  chosen.jobs = {options.jobs.begin(), options.jobs.end()};
  chosen.matrix = options.matrix;
  return chosen;
}

std::shared_ptr<Masker> make_masker(const RunOptions& options) {
  auto masker = std::make_shared<Masker>();
  for (const auto& [name, value] : options.secrets) masker->add(value);
  return masker;
}

namespace {

/// The secret before the variable, as on GitHub.
bool wants_debug(const RunOptions& options) {
  for (const auto* values : {&options.secrets, &options.vars}) {
    const auto found = values->find("ACTIONS_STEP_DEBUG");
    if (found != values->end()) return workflow::equal_ignoring_case(found->second, "true");
  }
  return false;
}

}  // namespace

RunFacts make_facts(
    const RunOptions& options,
    const PreparedRun& prepared,
    const std::string& run_id,
    const RunFolders& folders,
    const Paths& paths,
    std::shared_ptr<Masker> masker) {
  RunFacts facts;
  facts.run_id = run_id;
  facts.workflow = prepared.workflow;
  facts.github = prepared.github;
  facts.job = workflow_file_context(prepared.github, prepared.path);
  facts.vars = prepared.vars;
  facts.secrets = prepared.secrets;
  facts.inputs = prepared.inputs;
  facts.event_json = workflow::to_json(prepared.event.payload);
  facts.machine_environment = machine_environment(options);
  facts.extra_environment = extra_environment(options);
  facts.checkout = {
      prepared.repository.root(),
      prepared.event.repository,
      prepared.event.ref,
      prepared.event.sha,
      prepared.working_tree};
  facts.actions = prepared.actions;
  facts.registry_map = options.registry_map;
  facts.work_folder = folders.work();
  facts.socket_folder = folders.sockets();
  facts.tool_cache = paths.cache / "tools";
  if (!options.copied_workspace) facts.tree_store = tree_store(paths);
  facts.docker_config = read_docker_config(user_docker_config());
  facts.crun_program = crun_program();
  facts.agent_program = folders.agent().string();
  facts.debug = wants_debug(options);
  facts.containers.engine = options.engine;
  facts.containers.pull = options.pull == "always"  ? PullPolicy::always
                          : options.pull == "never" ? PullPolicy::never
                                                    : PullPolicy::missing;
  facts.containers.images = options.platforms;
  facts.sandbox = options.sandbox;
  facts.live_workspace = options.live_workspace;
  facts.masker = std::move(masker);
  return facts;
}

RunFacts called_facts(const RunFacts& of_caller, const CallFacts& call) {
  RunFacts facts = of_caller;
  facts.workflow = call.workflow;
  facts.inputs = call.inputs;
  facts.secrets = call.secrets;
  for (const auto& [name, value] : facts.secrets) facts.masker->add(value.to_string());
  const auto& file = call.workflow->source->path();
  const auto uses = workflow::parse_uses(file);
  if (!uses) return facts;
  if (uses->kind != workflow::UsesReference::Kind::remote) {
    facts.job = workflow_file_context(facts.github, uses->path);
    return facts;
  }
  facts.job.set("workflow_ref", file);
  facts.job.set("workflow_repository", uses->full_name());
  facts.job.set("workflow_file_path", uses->path);
  // Its files lie in a folder of their commit's name.
  const auto reference = ActionReference::parse(file);
  facts.job.set("workflow_sha", facts.actions->repository(*reference).filename().string());
  return facts;
}

}  // namespace crun::runner
