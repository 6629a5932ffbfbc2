#include "executor/host/agent_stock.hpp"

#include <cerrno>
#include <chrono>
#include <utility>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "executor/error.hpp"
#include "executor/host/agent_image.hpp"
#include "executor/process/spawn.hpp"

namespace crun::executor {

namespace {

using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

constexpr auto patience_to_kill_all = 6s;  // the agent tries for 4 s
constexpr auto patience_to_end = 5s;

pid_t start(int channel, const std::string& program, const std::vector<std::string>& wrapper) {
  Fd null = open_null();
  Fd image;
  SpawnPlan plan;
  plan.program = program;
  if (program.empty()) {
    image = agent_in_memory();
    plan.extra = image.get();
    plan.program = "/proc/self/fd/3";
  }
  plan.argv = {"crun-agent"};
  if (!wrapper.empty()) {
    plan.argv = wrapper;
    plan.argv.push_back(plan.program);
    plan.program = wrapper.front();
    plan.session = true;  // as the agent itself does: Ctrl-C is for crun
  }
  plan.in = plan.out = channel;
  plan.err = null.get();
  pid_t pid = 0;
  int error = spawn(plan, pid);
  // A program that was just written may be open for writing still in a child of another thread
  // that has not reached its exec.
  for (int i = 0; error == ETXTBSY && i < 50; ++i) {
    ::usleep(2000);
    error = spawn(plan, pid);
  }
  if (error != 0) throw Error("cannot start the agent: " + system_error_text(error));
  return pid;
}

}  // namespace

AgentProcess::AgentProcess(std::string program, std::vector<std::string> wrapper) {
  auto [ours, theirs] = make_socket_pair();
  pid_ = start(theirs.get(), program, wrapper);
  channel_ = std::move(ours);
}

AgentProcess::~AgentProcess() {
  if (pid_ == 0) return;
  channel_.reset();
  ::waitpid(pid_, nullptr, 0);
}

AgentProcess::AgentProcess(AgentProcess&& other) noexcept
    : pid_(std::exchange(other.pid_, 0)), channel_(std::move(other.channel_)) {}

LocalAgent::LocalAgent(asio::any_io_executor executor, AgentProcess process, KillPatience patience)
    : ended_(executor), child_(executor, std::exchange(process.pid_, 0)) {
  child_.on_exit([this](ExitStatus) { ended_.ring(); });
  Fd again(::fcntl(process.channel_.get(), F_DUPFD_CLOEXEC, 3));
  if (!again) throw Error("cannot duplicate a descriptor: " + system_error_text(errno));
  client_.emplace(executor, std::move(process.channel_), std::move(again), patience);
}

LocalAgent::~LocalAgent() {
  // The agent kills what is left when its channel closes: it must not be killed before.
  dismiss();
  child_.wait(patience_to_end);
}

asio::awaitable<bool> LocalAgent::clear() {
  const bool empty = co_await client_->kill_all(patience_to_kill_all);
  co_return running() && empty;
}

asio::awaitable<void> LocalAgent::end() {
  client_.reset();
  const auto deadline = Clock::now() + patience_to_end;
  while (running() && Clock::now() < deadline) co_await ended_.wait_until(deadline);
}

void LocalAgent::dismiss() {
  client_.reset();
  child_.unwatch();
}

AgentStock::AgentStock(
    asio::any_io_executor executor, std::string program, std::optional<AgentProcess> first)
    : executor_(std::move(executor)), program_(std::move(program)) {
  if (first) put_back(std::make_unique<LocalAgent>(executor_, std::move(*first)));
}

AgentStock::~AgentStock() {
  dismiss();
}

void AgentStock::dismiss() {
  for (const auto& agent : ready_) agent->dismiss();  // they end side by side
}

std::unique_ptr<LocalAgent> AgentStock::take() {
  while (!ready_.empty()) {
    auto agent = std::move(ready_.back());
    ready_.pop_back();
    if (agent->running()) return agent;
  }
  if (!program_.empty() && !std::exchange(written_, true)) write_agent(program_);
  return std::make_unique<LocalAgent>(executor_, AgentProcess(program_));
}

void AgentStock::put_back(std::unique_ptr<LocalAgent> agent) {
  ready_.push_back(std::move(agent));
}

}  // namespace crun::executor
