// Docker actions: an image built of a Dockerfile or named, run beside the job on the same folders
// (runner.md 1.14.2). The container's program is the agent, as in a job's own container: so
// environment and inputs are in the frame of the step and in no `docker inspect`.

#include <algorithm>
#include <exception>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <sys/stat.h>
#include <unistd.h>

#include <boost/asio/this_coro.hpp>
#include <fmt/format.h>

#include "executor/error.hpp"
#include "executor/host/container_host.hpp"
#include "executor/host/engine_sweep.hpp"
#include "executor/job/job_containers.hpp"
#include "executor/job/podman.hpp"
#include "executor/step/action_stages.hpp"
#include "executor/step/argument_words.hpp"

namespace crun::executor {

namespace fs = std::filesystem;
using workflow::Object;
using workflow::Scope;
using workflow::Value;

namespace {

constexpr std::chrono::seconds limit_to_build{3600};

/// What is asked of the image.
struct ContainerRun {
  std::string entrypoint;         // empty: the image's
  std::vector<std::string> args;  // empty: the image's, unless there is an entrypoint
  Environment extra;
};

OutputHandler into_log(StepLog& log) {
  return [&log](Stream stream, std::string_view bytes) { log.write(stream, bytes); };
}

std::string input_of(const ActionUse& use, const char* variable) {
  return use.inputs.get(variable);
}

/// The contexts of `args` and `env`: the step's, with the action's own inputs.
Scope action_scope(const JobParts& parts, const StepCall& call, const ActionUse& use) {
  auto scope = call_scope(parts, call);
  Object inputs;
  if (use.action->manifest) {
    for (const auto& input : use.action->manifest->inputs) {
      inputs.set(input.name, use.inputs.get(input_variable(input.name)));
    }
  }
  scope.contexts.set("inputs", Value(std::move(inputs)));
  return scope;
}

std::vector<std::string> evaluated_args(const ActionUse& use, const Scope& scope) {
  const auto& manifest = use.action->manifest;
  if (!manifest || !manifest->args) return argument_words(input_of(use, "INPUT_ARGS"));
  std::vector<std::string> args;
  const auto value = evaluate(*manifest->args, scope);
  if (!value.is_array()) return args;
  for (const auto& item : value.array()) args.push_back(item.to_string());
  return args;
}

std::string entrypoint_of(const ActionUse& use, ActionStage stage) {
  const auto& manifest = use.action->manifest;
  if (!manifest) return input_of(use, "INPUT_ENTRYPOINT");
  if (stage == ActionStage::pre) return manifest->pre_entrypoint;
  if (stage == ActionStage::post) return manifest->post_entrypoint;
  return manifest->entrypoint.empty() ? input_of(use, "INPUT_ENTRYPOINT") : manifest->entrypoint;
}

/// The image without a name: its id is enough, and engines prune what has no name.
asio::awaitable<std::string> build_image(
    JobParts& parts, StepCall& call, DockerEngine& engine, const ActionUse& use) {
  static int serial = 0;
  const auto file = use.action->folder / use.action->manifest->image;
  std::error_code ignored;
  if (!fs::is_regular_file(file, ignored)) {
    throw Error(
        fmt::format(
            "{}: its Dockerfile {} does not exist", use.action->uses, use.action->manifest->image),
        "an image that is not built is written docker://NAME");
  }
  const auto id_file = fmt::format("{}/image-{}", parts.sources.folders.docker_config, ++serial);
  EngineCall build;
  build.environment = engine.client().environment;
  build.environment.set("BUILDX_BUILDER", "default");  // not one that a step has set up
  build.environment.set("BUILDKIT_PROGRESS", "plain");
  build.limit = limit_to_build;
  build.on_output = into_log(call.log);
  build.arguments = {
      "build",
      "--iidfile",
      id_file,
      "--label",
      fmt::format("crun.image={}", call.action.step),
      "--file",
      file.string(),
      file.parent_path().string()};
  call.log.say(LogLine::Kind::group, fmt::format("Build {}", use.action->uses));
  const auto answer = co_await engine.call(std::move(build), call.cancel);
  call.log.finish();
  call.log.say(LogLine::Kind::endgroup, "");
  if (!answer.success()) {
    throw Error(
        fmt::format("{}: its image cannot be built: {}", use.action->uses, answer.trouble()));
  }
  std::ifstream written(id_file);
  std::string id;
  std::getline(written, id);
  co_return id;
}

asio::awaitable<void> pull_image(
    JobParts& parts, StepCall& call, DockerEngine& engine, std::string image) {
  const auto policy = parts.sources.run.containers.pull;
  bool wanted = policy == PullPolicy::always;
  if (policy == PullPolicy::missing) {
    std::vector<std::string> arguments = {"image", "inspect", "--format", "{{.Id}}", image};
    const auto answer = co_await engine.call(std::move(arguments), call.cancel);
    wanted = !answer.success();
  }
  if (!wanted) co_return;
  auto environment = engine.client().environment;
  find_credentials(engine.client(), environment, parts.sources.folders.docker_config, image);
  auto output = into_log(call.log);
  co_await engine.pull(image, std::move(environment), call.cancel, std::move(output));
  call.log.finish();
}

asio::awaitable<std::string> find_image(
    JobParts& parts, StepCall& call, DockerEngine& engine, ActionUse& use) {
  constexpr std::string_view scheme = "docker://";
  if (!use.image.empty()) co_return use.image;
  std::string image =
      use.action->manifest ? use.action->manifest->image : std::string(call.step.uses);
  if (image.starts_with(scheme)) {
    image.erase(0, scheme.size());
    co_await pull_image(parts, call, engine, image);
  } else {
    auto built = co_await build_image(parts, call, engine, use);
    image = std::move(built);
  }
  use.image = image;
  co_return image;
}

/// The job's network, so that services have their names here too.
std::string network_of(const JobPlace& place) {
  const auto* found = place.container.find("network");
  const auto network = found != nullptr ? found->to_string() : std::string();
  return network == "bridge" ? std::string() : network;
}

ContainerSettings settings_for(
    const JobParts& parts, const EngineClient& client, const std::string& image) {
  static int serial = 0;
  const auto& folders = parts.sources.folders;
  const auto& run = parts.sources.run;
  ContainerSettings settings;
  settings.image = image;
  settings.name = fmt::format("crun-{}-action-{}", run.run_id, ++serial);
  settings.label = run_label(run.run_id);
  settings.network = network_of(parts.sources.place);
  settings.directory = "/github/workspace";
  settings.agent_folder = (run.work_folder / container_folder).string();
  settings.id_file = fmt::format("{}/action-{}", folders.docker_config, serial);
  settings.mounts = {
      {folders.workspace, "/github/workspace"},
      {folders.temp, "/github/runner_temp"},
      {folders.home, "/github/home"},
      {folders.event_folder, "/github/workflow"},
      {folders.file_commands, "/github/file_commands"}};
  settings.options = run_options_for(client);
  return settings;
}

/// Paths that the job knows, as the action's container sees them.
Environment translated(const Environment& env, const PathMap& job, const PathMap& action) {
  Environment out;
  for (const auto& [name, value] : env) out.set(name, action.inside(job.outside(value)));
  return out;
}

asio::awaitable<StepOutcome> run_inside(
    JobParts& parts,
    StepCall& call,
    ActionUse& use,
    ContainerHost& host,
    ContainerSettings settings,
    ContainerRun what) {
  JobPlace place = parts.sources.place;
  place.in_container = true;
  place.paths = {};
  for (const auto& mount : settings.mounts) place.paths.add(mount.source, mount.target);
  place.environment = host.environment();
  place.environment.set("HOME", "/github/home");
  const auto& job_paths = parts.sources.place.paths;
  JobState state = parts.state;  // GITHUB_PATH is not for Docker actions
  state.path.clear();
  const ContextSources sources{
      parts.sources.run,
      parts.sources.job,
      parts.sources.folders,
      state,
      place,
      parts.sources.files};
  // The step's results go to the job's own state.
  JobParts inside{
      sources,
      parts.state,
      host,
      parts.machine,
      parts.emit,
      parts.matchers,
      parts.pool,
      parts.job_cancel,
      parts.credentials,
      parts.posts,
      parts.uses};
  auto env = translated(call.env, job_paths, place.paths);
  env.unset("HOME");  // it is always that of the container
  StepCall translated_call{
      call.step,
      call.frame,
      call.number,
      call.action,
      std::move(env),
      call.own_env,
      call.log,
      call.cancel};
  ProcessCall process;
  process.argv = std::move(what.args);
  process.directory = settings.directory;
  process.extra = translated(what.extra, job_paths, place.paths);
  process.saved_state = &use.state;
  co_return co_await run_process(inside, translated_call, std::move(process));
}

asio::awaitable<StepOutcome> run_container(
    JobParts& parts, StepCall& call, ActionUse& use, ContainerRun what) {
  DockerEngine engine(parts.machine, engine_client(parts.sources));
  const auto& work = parts.sources.run.work_folder;
  note_engine(work, engine.client(), {});
  auto image = co_await find_image(parts, call, engine, use);
  note_engine(work, engine.client(), image);
  const auto facts = co_await engine.inspect_image(image, call.cancel);
  if (what.entrypoint.empty()) {
    if (what.args.empty()) what.args = facts.command;
    what.args.insert(what.args.begin(), facts.entrypoint.begin(), facts.entrypoint.end());
  } else {
    what.args.insert(what.args.begin(), what.entrypoint);
  }
  if (what.args.empty()) {
    throw Error(fmt::format("{}: the image has neither entrypoint nor command", call.step.uses));
  }
  prepare_container_folders(parts.sources);
  auto executor = co_await asio::this_coro::executor;
  auto settings = settings_for(parts, engine.client(), image);
  ContainerHost host(executor, engine, settings, call.cancel);
  StepOutcome outcome;
  std::exception_ptr failure;
  try {
    co_await host.up();
    outcome = co_await run_inside(parts, call, use, host, std::move(settings), std::move(what));
  } catch (...) {
    failure = std::current_exception();
  }
  co_await host.down();
  if (!host.left().empty()) note_left_in_engine(parts.sources.run.work_folder, host.left());
  if (failure) std::rethrow_exception(failure);
  co_return outcome;
}

}  // namespace

asio::awaitable<StepOutcome> run_docker_stage(
    JobParts& parts, StepCall& call, ActionUse& use, ActionStage stage) {
  const auto scope = action_scope(parts, call, use);
  ContainerRun what;
  what.entrypoint = entrypoint_of(use, stage);
  what.args = evaluated_args(use, scope);
  for (const auto& [name, value] : evaluate_mapping(use.action->manifest->env.get(), scope)) {
    if (call.env.find(name) == nullptr) what.extra.set(name, value);
  }
  what.extra.merge(stage_variables(use));
  co_return co_await run_container(parts, call, use, std::move(what));
}

asio::awaitable<StepOutcome> run_image_step(JobParts& parts, StepCall& call, ActionUse& use) {
  const auto scope = call_scope(parts, call);
  const auto given = evaluate_mapping(call.step.with.get(), scope);
  say_inputs(call, given, {});
  use.inputs = {};
  for (const auto& [name, value] : given) use.inputs.set(input_variable(name), value);
  ContainerRun what;
  what.entrypoint = entrypoint_of(use, ActionStage::main);
  what.args = evaluated_args(use, scope);
  what.extra = stage_variables(use);
  co_return co_await run_container(parts, call, use, std::move(what));
}

namespace {

bool holds_foreign_files(const fs::path& folder) {
  std::error_code error;
  const auto options = fs::directory_options::skip_permission_denied;
  for (fs::recursive_directory_iterator it(folder, options, error), end; !error && it != end;
       it.increment(error)) {
    struct stat info {};
    if (::lstat(it->path().c_str(), &info) == 0 && info.st_uid != ::geteuid()) return true;
  }
  return false;
}

}  // namespace

asio::awaitable<void> empty_after_docker_actions(JobParts& parts, std::string folder) {
  std::string image;
  for (const auto& [key, use] : parts.uses) {
    if (!use.image.empty()) image = use.image;
  }
  if (image.empty() || ::geteuid() == 0 || !holds_foreign_files(folder)) co_return;
  auto executor = co_await asio::this_coro::executor;
  DockerEngine engine(parts.machine, engine_client(parts.sources));
  CancelSource never;
  auto settings = settings_for(parts, engine.client(), image);
  settings.network.clear();
  settings.directory = "/";
  settings.mounts = {{folder, "/github"}};
  ContainerHost host(executor, engine, std::move(settings), never);
  try {
    co_await host.up();
    std::vector<std::string> folders = {"/github"};
    co_await host.empty_folders(std::move(folders));
  } catch (const Error&) {  // what stays is told when the folder is removed
  }
  co_await host.down();
  if (!host.left().empty()) note_left_in_engine(parts.sources.run.work_folder, host.left());
}

}  // namespace crun::executor
