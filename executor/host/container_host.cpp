#include "executor/host/container_host.hpp"

#include <array>
#include <fstream>
#include <optional>

#include <boost/asio/buffer.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <fmt/format.h>

#include "executor/error.hpp"
#include "executor/host/agent_client.hpp"
#include "executor/host/bell.hpp"
#include "executor/host/foreign_image.hpp"
#include "executor/process/child.hpp"
#include "executor/process/fd.hpp"
#include "executor/process/spawn.hpp"

namespace crun::executor {

namespace {

using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

constexpr auto patience_to_start = 60s;
constexpr auto patience_to_kill_all = 6s;  // the agent tries for 4 s
constexpr auto patience_to_end = 10s;      // until the engine has removed the container
constexpr auto patience_to_explain = 2s;   // until the client has said why it ended
constexpr auto patience_to_remove = 15s;
constexpr std::size_t kept_output = 8192;

/// What the client says on its error stream; shared with the read under way.
struct Complaints : std::enable_shared_from_this<Complaints> {
  Complaints(asio::any_io_executor executor, Fd fd) : pipe(std::move(executor), fd.release()) {}

  void read() {
    pipe.async_read_some(
        asio::buffer(chunk),
        [self = shared_from_this()](const boost::system::error_code& error, std::size_t size) {
          if (error) return;
          self->text.append(self->chunk.data(), size);
          if (self->text.size() > kept_output) {
            self->text.erase(0, self->text.size() - kept_output);
          }
          self->read();
        });
  }

  asio::posix::stream_descriptor pipe;
  std::array<char, 4096> chunk{};
  std::string text;
};

void add(std::vector<std::string>& arguments, const char* option, const std::string& value) {
  if (value.empty()) return;
  arguments.emplace_back(option);
  arguments.push_back(value);
}

}  // namespace

std::vector<std::string> run_arguments(const ContainerSettings& settings) {
  std::vector<std::string> arguments = {"run", "--interactive", "--init", "--rm", "--pull=never"};
  add(arguments, "--name", settings.name);
  add(arguments, "--label", settings.label);
  add(arguments, "--cidfile", settings.id_file);
  add(arguments, "--network", settings.network);
  if (!settings.network.empty()) add(arguments, "--network-alias", settings.network_alias);
  add(arguments, "--workdir", settings.directory);
  for (const auto& mount : settings.mounts) {
    add(arguments,
        "--mount",
        fmt::format(
            "type=bind,\"source={}\",\"target={}\"{}{}",
            mount.source,
            mount.target,
            mount.read_only ? ",readonly" : "",
            mount.slave ? ",bind-propagation=rslave" : ""));
  }
  add(arguments,
      "--mount",
      fmt::format("type=bind,\"source={}\",target=/crun,readonly", settings.agent_folder));
  for (const auto& port : settings.ports) add(arguments, "--publish", port);
  for (const auto& volume : settings.volumes) add(arguments, "--volume", volume);
  arguments.insert(arguments.end(), settings.options.begin(), settings.options.end());
  // Last, so that no option can take its place.
  arguments.insert(arguments.end(), {"--entrypoint", "/crun/agent", settings.image});
  return arguments;
}

struct ContainerHost::Impl {
  Impl(
      asio::any_io_executor executor_,
      DockerEngine& engine_,
      ContainerSettings settings_,
      CancelSource& start_cancel_,
      KillPatience patience_)
      : executor(std::move(executor_)),
        engine(engine_),
        settings(std::move(settings_)),
        start_cancel(start_cancel_),
        patience(patience_),
        ended(executor) {}

  void start();
  asio::awaitable<void> wait_for_end(Clock::duration time);
  EngineAnswer last_words() const;
  asio::awaitable<void> remove();

  asio::any_io_executor executor;
  DockerEngine& engine;
  ContainerSettings settings;
  CancelSource& start_cancel;
  KillPatience patience;
  Bell ended;
  std::optional<Child> client;
  std::optional<ExitStatus> status;
  std::shared_ptr<Complaints> complaints;
  std::optional<AgentClient> agent;
  bool greeted = false;
  std::string id;
  std::string left;
};

void ContainerHost::Impl::start() {
  const auto& how = engine.client();
  const auto program = find_program(how.program, how.environment.get("PATH"));
  if (!program) {
    throw Error(
        fmt::format("cannot start {}: it is not on PATH", how.program),
        "install it: containers need an engine and its command line");
  }
  Pipe in = make_pipe(), out = make_pipe(), err = make_pipe();
  SpawnPlan plan;
  plan.program = *program;
  plan.argv = run_arguments(settings);
  plan.argv.insert(plan.argv.begin(), how.program);
  plan.environment = how.environment;
  plan.in = in.read.get();
  plan.out = out.write.get();
  plan.err = err.write.get();
  plan.own_group = true;  // Ctrl-C on the terminal is for crun
  pid_t pid = 0;
  if (const int error = spawn(plan, pid); error != 0) {
    throw Error(fmt::format("cannot start {}: {}", how.program, system_error_text(error)));
  }
  client.emplace(executor, pid);
  client->on_exit([this](ExitStatus code) {
    status = code;
    ended.ring();
  });
  complaints = std::make_shared<Complaints>(executor, std::move(err.read));
  complaints->read();
  agent.emplace(executor, std::move(out.read), std::move(in.write), patience);
}

asio::awaitable<void> ContainerHost::Impl::wait_for_end(Clock::duration time) {
  const auto deadline = Clock::now() + time;
  while (client && client->running() && Clock::now() < deadline) {
    co_await ended.wait_until(deadline);
  }
}

EngineAnswer ContainerHost::Impl::last_words() const {
  EngineAnswer answer;
  answer.status = status.value_or(ExitStatus::from_code(0));
  if (complaints) answer.err = complaints->text;
  return answer;
}

/// For what the agent's own end did not remove. The engine may be gone as well. What it is removing
/// itself already (--rm) is waited for: until then its network cannot go.
asio::awaitable<void> ContainerHost::Impl::remove() {
  std::vector<std::string> arguments = {"rm", "--force", "--volumes", settings.name};
  left = co_await engine.remove(std::move(arguments), patience_to_remove);
}

ContainerHost::ContainerHost(
    asio::any_io_executor executor,
    DockerEngine& engine,
    ContainerSettings settings,
    CancelSource& start_cancel,
    KillPatience patience)
    : impl_(std::make_unique<Impl>(
          std::move(executor), engine, std::move(settings), start_cancel, patience)) {}

ContainerHost::~ContainerHost() {
  impl_->agent.reset();  // its end is the container's
  if (impl_->client) impl_->client->wait(patience_to_end);
}

asio::awaitable<void> ContainerHost::up() {
  auto& impl = *impl_;
  impl.start();
  auto cancelled = impl.start_cancel.on_request([&impl] { impl.agent.reset(); });
  std::string refusal;
  try {
    co_await impl.agent->greet(patience_to_start);
    impl.greeted = true;
  } catch (const Error& error) {
    refusal = error.what();
  }
  cancelled.reset();
  if (impl.greeted && impl.agent) {
    std::ifstream file(impl.settings.id_file);
    std::getline(file, impl.id);
    co_return;
  }
  if (impl.start_cancel.requested()) throw Error("the start of the container was cancelled");
  co_await impl.wait_for_end(patience_to_explain);
  if (impl.status) refusal = impl.last_words().trouble();
  throw Error(
      fmt::format("cannot start a container of {}: {}", impl.settings.image, refusal),
      says_no_such_image(refusal) ? "pull or build it first, or let crun pull it: --pull missing"
                                  : "");
}

asio::awaitable<SpawnResult> ContainerHost::run(
    SpawnRequest request, OutputHandler output, CancelSource& cancel) {
  auto& impl = *impl_;
  if (!impl.agent) throw Error("the container of this job is not up");
  std::optional<SpawnResult> result;
  try {
    result = co_await impl.agent->run(std::move(request), std::move(output), cancel);
  } catch (const Error&) {  // the channel is lost: told below, with what the client says
  }
  if (result && says_no_such_format(result->start_error)) {
    const auto why = co_await explain_foreign_image(impl.engine, impl.settings.image);
    if (!why.empty()) result->start_error = why;
  }
  if (result) co_return std::move(*result);
  co_await impl.wait_for_end(patience_to_explain);
  const auto why = impl.status ? impl.last_words().trouble() : std::string("no reason was given");
  throw Error(
      fmt::format("the container of this job is gone: {}", why),
      "the engine ended it, or the connection to the engine was lost");
}

asio::awaitable<void> ContainerHost::empty_folders(std::vector<std::string> folders) {
  auto& impl = *impl_;
  if (!impl.agent) co_return;
  SpawnRequest request;
  request.argv = {"/crun/agent", "empty"};
  request.argv.insert(request.argv.end(), folders.begin(), folders.end());
  CancelSource never;
  try {
    co_await impl.agent->kill_all(patience_to_kill_all);
    co_await impl.agent->run(std::move(request), {}, never);
  } catch (const Error&) {  // the folders' owner tells what stayed
  }
}

asio::awaitable<void> ContainerHost::down() {
  auto& impl = *impl_;
  if (!impl.client) co_return;
  if (impl.agent) co_await impl.agent->kill_all(patience_to_kill_all);
  impl.agent.reset();
  co_await impl.wait_for_end(patience_to_end);
  // 0 is the agent's own. All else may have left the container where it was, and a client that was
  // cut off before the agent spoke may have started one that nobody will speak to.
  const bool in_order = impl.greeted && impl.status && impl.status->success();
  if (!in_order) co_await impl.remove();
  impl.client.reset();
}

const Environment& ContainerHost::environment() const {
  return impl_->agent->environment();
}

const std::string& ContainerHost::id() const {
  return impl_->id;
}

const std::string& ContainerHost::left() const {
  return impl_->left;
}

}  // namespace crun::executor
