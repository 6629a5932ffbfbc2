#include "executor/job/job_containers.hpp"

#include <algorithm>
#include <chrono>
#include <filesystem>

#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>

#include "executor/error.hpp"
#include "executor/files/overlay.hpp"
#include "executor/host/agent_image.hpp"
#include "executor/host/bell.hpp"
#include "executor/host/engine_mounts.hpp"
#include "executor/host/engine_sweep.hpp"
#include "executor/host/foreign_image.hpp"
#include "executor/job/folders.hpp"
#include "executor/job/podman.hpp"
#include "executor/net/credentials.hpp"

namespace crun::executor {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

constexpr seconds limit_to_start{60};
constexpr std::size_t shown_log = 200;  // lines of a service that failed

/// Names that are unique in the engine, also among the legs of a matrix.
std::string name_prefix(const ContextSources& sources) {
  static int serial = 0;
  return fmt::format("crun-{}-{}", sources.run.run_id, ++serial);
}

/// Bytes to lines; those of an engine's client are for people.
OutputHandler to_lines(JobContainers::Say say) {
  auto rest = std::make_shared<std::string>();
  return [say = std::move(say), rest](Stream, std::string_view bytes) {
    rest->append(bytes);
    for (std::size_t end; (end = rest->find('\n')) != std::string::npos; rest->erase(0, end + 1)) {
      say(LogLine::Kind::text, rest->substr(0, end));
    }
  };
}

void open_to_all(const std::string& folder) {
  std::error_code ignored;
  fs::permissions(folder, fs::perms::all, ignored);
}

}  // namespace

EngineClient engine_client(const ContextSources& sources) {
  EngineClient client;
  client.program = sources.run.containers.engine;
  client.environment = sources.run.machine_environment;
  set_credentials(client.environment, sources);
  client.environment.set("PATH", client.environment.get("PATH") + ":" + sources.folders.programs);
  return client;
}

JobContainers::JobContainers(
    asio::any_io_executor executor,
    const ContextSources& sources,
    Host& machine,
    std::vector<std::string>& idle_networks,
    Say say)
    : executor_(std::move(executor)),
      idle_networks_(idle_networks),
      sources_(sources),
      say_(std::move(say)),
      engine_(machine, engine_client(sources)),
      label_(run_label(sources.run.run_id)),
      prefix_(name_prefix(sources)) {}

bool JobContainers::wanted() {
  const auto& job = *sources_.job.job;
  const auto scope = job_scope(sources_, workflow::Object());
  if (job.container) job_ = evaluate_container(*job.container, scope);
  if (!job_) {
    auto image = image_of_labels(job.runs_on.get(), scope, sources_.run.containers.images);
    if (!image.empty()) {
      job_.emplace();
      job_->image = std::move(image);
    }
  }
  const auto& workspace = sources_.folders.workspace;
  if (job_) place_volumes(*job_, workspace);
  if (job.services) {
    for (auto& service : evaluate_services(*job.services, scope)) {
      place_volumes(service.container, workspace);
      auto name = fmt::format("{}-{}", prefix_, folder_name(service.name));
      services_.push_back({std::move(service), std::move(name)});
    }
  }
  return job_ || !services_.empty();
}

asio::awaitable<void> JobContainers::up(JobPlace& place, CancelSource& cancel) {
  // From here on there may be something in the engine, also when crun is killed.
  note_engine(sources_.run.work_folder, engine_.client(), job_ ? job_->image : std::string());
  say_(LogLine::Kind::group, "Initialize containers");
  if (!services_.empty()) co_await make_network(cancel);
  co_await start_all(cancel);
  std::vector<ContainerFacts> facts;
  if (!services_.empty()) {
    co_await await_health(cancel);
    facts = co_await inspect_services(cancel);
  }
  fill(place, facts);
  say_(LogLine::Kind::endgroup, "");
}

/// Side by side: an engine takes about 0.3 s for each. The first that does not start keeps the
/// others from it.
asio::awaitable<void> JobContainers::start_all(CancelSource& cancel) {
  const auto passed_on = cancel.on_request([&] { start_cancel_.request(cancel.reason()); });
  Bell ended(executor_);
  std::exception_ptr trouble;
  std::size_t starting = 0;
  const auto start = [&](asio::awaitable<void> container) {
    ++starting;
    asio::co_spawn(executor_, std::move(container), [&](std::exception_ptr error) {
      if (error && !trouble) {
        trouble = std::move(error);
        start_cancel_.request("another container of the job did not start");
      }
      --starting;
      ended.ring();
    });
  };
  for (auto& service : services_) start(start_service(service, start_cancel_));
  if (job_) start(start_job_container(start_cancel_));
  while (starting > 0) co_await ended.wait_until(Clock::time_point::max());
  if (trouble) std::rethrow_exception(trouble);
}

asio::awaitable<void> JobContainers::make_network(CancelSource& cancel) {
  if (!idle_networks_.empty()) {
    network_ = std::move(idle_networks_.back());
    idle_networks_.pop_back();
    co_return;
  }
  EngineCall call;
  call.environment = engine_.client().environment;
  call.limit = limit_to_start;
  call.makes = true;
  call.arguments = {"network", "create", "--label", label_, prefix_};
  network_ = prefix_;  // also when we are cancelled meanwhile
  const auto answer = co_await engine_.call(std::move(call), cancel);
  if (!answer.success()) {
    throw Error(fmt::format("cannot make a network for the services: {}", answer.trouble()));
  }
}

asio::awaitable<void> JobContainers::pull(const ContainerSpec& spec, CancelSource& cancel) {
  auto environment = engine_.client().environment;
  std::unique_ptr<CredentialStore> store;
  const auto folder = fs::path(sources_.folders.docker_config).parent_path() / "pull";
  if (spec.credentials) {
    // A store of its own: steps must not find these credentials.
    write_docker_config(folder, sources_.run.docker_config);
    const auto socket = folder / "credentials";
    store = std::make_unique<CredentialStore>(executor_, socket);
    const auto reference = ImageReference::parse(spec.image);
    sources_.run.masker->add(spec.credentials->password);
    store->add(reference ? reference->registry : std::string(), *spec.credentials);
    environment.set("DOCKER_CONFIG", folder.string());
    environment.set("CRUN_CREDENTIALS", socket.string());
  }
  find_credentials(engine_.client(), environment, environment.get("DOCKER_CONFIG"), spec.image);
  say_(LogLine::Kind::command, fmt::format("{} pull {}", engine_.client().program, spec.image));
  auto image = spec.image;
  auto lines = to_lines(say_);
  co_await engine_.pull(std::move(image), std::move(environment), cancel, std::move(lines));
}

asio::awaitable<void> JobContainers::start_service(Service& service, CancelSource& cancel) {
  const auto& spec = service.spec.container;
  const auto policy = sources_.run.containers.pull;
  if (policy == PullPolicy::always) co_await pull(spec, cancel);
  EngineCall call;
  call.environment = engine_.client().environment;
  call.limit = limit_to_start;
  call.makes = true;
  call.arguments = {"run", "--detach", "--pull=never", "--label", label_};
  auto& arguments = call.arguments;
  const auto add = [&arguments](const char* option, const std::string& value) {
    arguments.insert(arguments.end(), {option, value});
  };
  add("--name", service.container);
  add("--network", network_);
  add("--network-alias", service.spec.name);
  for (const auto& port : spec.ports) add("--publish", port);
  for (const auto& volume : spec.volumes) add("--volume", volume);
  // Values are in no argument: one line each in a file that is on no disk, or, when they have
  // several lines, in the client's environment.
  for (const auto& [name, value] : spec.environment) {
    if (value.find('\n') == std::string::npos) {
      call.script += fmt::format("{}={}\n", name, value);
    } else {
      call.environment.set(name, value);
      add("--env", name);
    }
  }
  if (!call.script.empty()) add("--env-file", script_in_memory);
  for (auto& option : run_options_for(engine_.client())) arguments.push_back(std::move(option));
  arguments.insert(arguments.end(), spec.options.begin(), spec.options.end());
  if (!spec.entrypoint.empty()) add("--entrypoint", spec.entrypoint);
  arguments.push_back(spec.image);
  arguments.insert(arguments.end(), spec.command.begin(), spec.command.end());

  say_(LogLine::Kind::text, fmt::format("Starting service {} ({})", service.spec.name, spec.image));
  started_.push_back(service.container);
  auto answer = co_await engine_.call(call, cancel);
  if (policy == PullPolicy::missing && says_no_such_image(answer.err)) {
    co_await pull(spec, cancel);
    answer = co_await engine_.call(call, cancel);
  }
  if (answer.success()) co_return;
  throw Error(
      fmt::format(
          "cannot start service {} ({}): {}", service.spec.name, spec.image, answer.trouble()),
      says_no_such_image(answer.err) ? "pull or build the image first, or use --pull missing" : "");
}

ContainerSettings JobContainers::settings() const {
  const auto& folders = sources_.folders;
  const auto repository = fs::path(folders.runner_folder).filename().string();
  ContainerSettings settings;
  settings.image = job_->image;
  settings.name = prefix_ + "-job";
  settings.label = label_;
  settings.network = network_;
  settings.network_alias = folder_name(sources_.job.job->id);
  settings.directory = fmt::format("/__w/{0}/{0}", repository);
  settings.agent_folder = (sources_.run.work_folder / container_folder).string();
  settings.id_file = folders.docker_config + "/container-id";
  settings.mounts = {
      {folders.runner_folder, "/__w/" + repository, false, shares_mounts_},
      {folders.temp, "/__w/_temp"},
      {folders.actions, "/__w/_actions"},
      {folders.tool_cache, "/__t"},
      {folders.externals, "/__e", true},
      {folders.home, "/github/home"},
      {folders.event_folder, "/github/workflow"},
      {folders.file_commands, "/github/file_commands"}};
  if (sources_.run.live_workspace) {
    settings.mounts.push_back({folders.workspace, settings.directory});
  }
  settings.ports = job_->ports;
  settings.volumes = job_->volumes;
  settings.options = run_options_for(engine_.client());
  settings.options.insert(settings.options.end(), job_->options.begin(), job_->options.end());
  return settings;
}

/// Any user of the image may write where GitHub lets steps write. Nobody else gets here: the
/// folders above are ours alone.
void prepare_container_folders(const ContextSources& sources) {
  const auto& folders = sources.folders;
  make_container_folders(folders);
  if (!sources.run.live_workspace) open_to_all(folders.workspace);
  for (const auto& folder :
       {folders.runner_folder,
        folders.temp,
        folders.actions,
        folders.home,
        folders.event_folder,
        folders.file_commands}) {
    open_to_all(folder);
  }
  std::error_code ignored;
  fs::permissions(
      folders.event_path,
      fs::perms::group_read | fs::perms::others_read,
      fs::perm_options::add,
      ignored);
  const auto folder = sources.run.work_folder / container_folder;
  if (fs::exists(folder / "agent", ignored)) return;
  fs::create_directories(folder);
  write_agent(folder / "agent");
  for (const auto& path : {folder, folder / "agent"}) fs::permissions(path, fs::perms(0755));
}

/// The container starts before there is a checkout, and is to see that when it is a mount.
void JobContainers::share_workspace() {
  const auto& run = sources_.run;
  if (run.tree_store.empty() || run.live_workspace || ::geteuid() != 0) return;
  shares_mounts_ =
      engine_sees_mounts(engine_.client()) && share_mounts(sources_.folders.runner_folder);
}

/// Does it bind a folder of the job in a way of its own? The container would see what lies below
/// a mount.
bool JobContainers::binds_work_folder(const ContainerSpec& spec) const {
  const auto work = sources_.run.work_folder.string();
  const auto names_it = [&work](const std::string& text) {
    return text.find(work) != std::string::npos;
  };
  return std::any_of(spec.volumes.begin(), spec.volumes.end(), names_it) ||
         std::any_of(spec.options.begin(), spec.options.end(), names_it);
}

asio::awaitable<void> JobContainers::start_job_container(CancelSource& cancel) {
  prepare_container_folders(sources_);
  share_workspace();
  const auto policy = sources_.run.containers.pull;
  if (policy == PullPolicy::always) co_await pull(*job_, cancel);
  say_(LogLine::Kind::text, fmt::format("Starting the job's container ({})", job_->image));
  std::string refusal;
  try {
    host_ = std::make_unique<ContainerHost>(executor_, engine_, settings(), cancel);
    co_await host_->up();
    co_return;
  } catch (const Error& error) {
    refusal = error.what();
    if (policy != PullPolicy::missing || !says_no_such_image(refusal)) throw;
  }
  co_await host_->down();
  co_await pull(*job_, cancel);
  host_ = std::make_unique<ContainerHost>(executor_, engine_, settings(), cancel);
  co_await host_->up();
}

asio::awaitable<std::vector<ContainerFacts>> JobContainers::inspect_services(CancelSource& cancel) {
  std::vector<std::string> names;
  for (const auto& service : services_) names.push_back(service.container);
  co_return co_await engine_.inspect_containers(std::move(names), cancel);
}

/// GitHub waits 2, 4, 8, ... 32 s between two looks; a look costs 30 ms, so we look more often. The
/// job's time limit ends a check that never comes to an end.
asio::awaitable<void> JobContainers::await_health(CancelSource& cancel) {
  asio::steady_timer pause(executor_);
  milliseconds wait{100};
  HealthChecks checks(engine_);
  while (true) {
    const auto facts = co_await inspect_services(cancel);
    std::vector<std::string> starting;
    for (std::size_t i = 0; i < facts.size(); ++i) {
      const auto& service = services_[i];
      const bool ended = facts[i].status == "exited" || facts[i].status == "dead";
      if (facts[i].health == "unhealthy" || ended) {
        const auto log = co_await show_logs(service);
        if (says_no_such_format(log)) co_await throw_if_foreign(service);
        throw Error(
            ended ? fmt::format(
                        "service {} ({}) ended with exit code {}",
                        service.spec.name,
                        service.spec.container.image,
                        facts[i].exit_code)
                  : fmt::format(
                        "service {} ({}) is unhealthy: its health check failed",
                        service.spec.name,
                        service.spec.container.image),
            "its log is above");
      }
      if (facts[i].health == "starting") starting.push_back(service.container);
    }
    if (starting.empty()) co_return;
    co_await checks.run_due(std::move(starting), cancel);
    pause.expires_after(wait);
    boost::system::error_code ignored;
    co_await pause.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    wait = std::min(wait * 2, milliseconds(1000));
    if (cancel.requested()) throw Error("the wait for the services was cancelled");
  }
}

asio::awaitable<void> JobContainers::throw_if_foreign(const Service& service) {
  const auto why = co_await explain_foreign_image(engine_, service.spec.container.image);
  if (why.empty()) co_return;
  throw Error(fmt::format("service {} did not start: {}", service.spec.name, why));
}

asio::awaitable<std::string> JobContainers::show_logs(const Service& service) {
  CancelSource never;
  say_(LogLine::Kind::text, fmt::format("Log of service {}:", service.spec.name));
  try {
    EngineCall call;
    call.environment = engine_.client().environment;
    call.arguments = {"logs", "--tail", std::to_string(shown_log), service.container};
    call.on_output = to_lines(say_);
    const auto answer = co_await engine_.call(std::move(call), never);
    co_return answer.out + answer.err;
  } catch (const Error& error) {
    say_(LogLine::Kind::warning, error.what());
    co_return std::string();
  }
}

void JobContainers::fill(JobPlace& place, const std::vector<ContainerFacts>& services) const {
  for (std::size_t i = 0; i < services.size(); ++i) {
    workflow::Object ports, service;
    for (const auto& [inside, outside] : services[i].ports) ports.set(inside, outside);
    service.set("id", services[i].id);
    service.set("network", network_);
    service.set("ports", workflow::Value(std::move(ports)));
    place.services.set(services_[i].spec.name, workflow::Value(std::move(service)));
  }
  for (const auto& service : services_) {
    if (binds_work_folder(service.spec.container)) place.sees_mounts = false;
  }
  // Steps on the machine may start containers beside the services.
  if (!network_.empty()) place.container.set("network", network_);
  if (!host_) return;
  if (!shares_mounts_ || binds_work_folder(*job_)) place.sees_mounts = false;
  place.in_container = true;
  place.container.set("id", host_->id());
  if (network_.empty()) place.container.set("network", "bridge");
  for (const auto& mount : settings().mounts) place.paths.add(mount.source, mount.target);
  place.environment = host_->environment();
  place.environment.merge(job_->environment);
  place.environment.set("HOME", "/github/home");
}

asio::awaitable<void> JobContainers::end_job_container() {
  if (::geteuid() != 0) {
    std::vector<std::string> folders;
    for (const auto& mount : settings().mounts) {
      const bool stays = mount.source == sources_.folders.tool_cache ||
                         mount.target == settings().directory;  // the user's own: see settings()
      if (!stays) folders.push_back(mount.target);
    }
    co_await host_->empty_folders(std::move(folders));
  }
  co_await host_->down();
}

/// The services go while the job's container does: an engine takes about 0.3 s for each container.
/// As long as that takes the network to make and to remove: it is left to the next job.
asio::awaitable<std::string> JobContainers::down() {
  std::string left;
  Bell services_gone(executor_);
  bool waiting = !started_.empty();
  if (waiting) {
    std::vector<std::string> arguments = {"rm", "--force", "--volumes"};
    arguments.insert(arguments.end(), started_.begin(), started_.end());
    asio::co_spawn(
        executor_,
        engine_.remove(std::move(arguments)),
        [&](const std::exception_ptr&, std::string trouble) {
          left = std::move(trouble);
          waiting = false;
          services_gone.ring();
        });
  }
  if (host_) {
    co_await end_job_container();
    if (!host_->left().empty()) left = host_->left();
    host_.reset();
  }
  while (waiting) co_await services_gone.wait_until(Clock::time_point::max());
  if (!network_.empty()) {
    if (left.empty()) {
      idle_networks_.push_back(std::move(network_));
    } else {
      std::vector<std::string> arguments = {"network", "rm", "--force", network_};
      co_await engine_.remove(std::move(arguments), patience_with_network);
    }
  }
  if (!left.empty()) note_left_in_engine(sources_.run.work_folder, left);
  co_return left;
}

}  // namespace crun::executor
