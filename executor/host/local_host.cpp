// Steps on this machine: the agent is a child of crun, and a socket pair is the channel.
#include <csignal>
#include <optional>

#include <fcntl.h>

#include <boost/asio/this_coro.hpp>

#include "executor/error.hpp"
#include "executor/host/agent_client.hpp"
#include "executor/host/agent_image.hpp"
#include "executor/host/bell.hpp"
#include "executor/host/host.hpp"
#include "executor/process/child.hpp"
#include "executor/process/fd.hpp"
#include "executor/process/spawn.hpp"

namespace crun::executor {

namespace {

using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

constexpr auto patience_to_start = 10s;
constexpr auto patience_to_kill_all = 6s;  // the agent tries for 4 s
constexpr auto patience_to_end = 5s;

class LocalHost : public Host {
 public:
  LocalHost(
      asio::any_io_executor executor,
      std::string agent_program,
      KillPatience patience,
      std::vector<std::string> wrapper)
      : executor_(std::move(executor)),
        agent_program_(std::move(agent_program)),
        patience_(patience),
        wrapper_(std::move(wrapper)),
        ended_(executor_) {}

  ~LocalHost() override {
    // The agent kills what is left when its channel closes: it must not be killed before.
    client_.reset();
    if (agent_) agent_->wait(patience_to_end);
  }

  asio::awaitable<void> up() override {
    auto [ours, theirs] = make_socket_pair();
    agent_.emplace(executor_, start(theirs.get()));
    theirs.reset();
    agent_->on_exit([this](ExitStatus) { ended_.ring(); });
    Fd again(::fcntl(ours.get(), F_DUPFD_CLOEXEC, 3));
    if (!again) throw Error("cannot duplicate a descriptor: " + system_error_text(errno));
    client_.emplace(executor_, std::move(ours), std::move(again), patience_);
    co_await client_->greet(patience_to_start);
  }

  asio::awaitable<SpawnResult> run(
      SpawnRequest request, OutputHandler output, CancelSource& cancel) override {
    if (!client_) throw Error("the host is not up");
    co_return co_await client_->run(std::move(request), std::move(output), cancel);
  }

  asio::awaitable<void> down() override {
    if (!client_) co_return;
    co_await client_->kill_all(patience_to_kill_all);
    client_.reset();
    auto deadline = Clock::now() + patience_to_end;
    while (agent_->running() && Clock::now() < deadline) {
      co_await ended_.wait_until(deadline);
    }
    agent_.reset();
  }

 private:
  pid_t start(int channel) {
    Fd null = open_null();
    Fd image;
    SpawnPlan plan;
    plan.program = agent_program_;
    if (agent_program_.empty()) {
      image = agent_in_memory();
      plan.extra = image.get();
      plan.program = "/proc/self/fd/3";
    }
    plan.argv = {"crun-agent"};
    if (!wrapper_.empty()) {
      plan.argv = wrapper_;
      plan.argv.push_back(plan.program);
      plan.program = wrapper_.front();
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

  asio::any_io_executor executor_;
  std::string agent_program_;
  KillPatience patience_;
  std::vector<std::string> wrapper_;
  Bell ended_;
  std::optional<Child> agent_;
  std::optional<AgentClient> client_;
};

}  // namespace

std::unique_ptr<Host> make_local_host(
    asio::any_io_executor executor,
    std::string agent_program,
    KillPatience patience,
    std::vector<std::string> wrapper) {
  return std::make_unique<LocalHost>(
      std::move(executor), std::move(agent_program), patience, std::move(wrapper));
}

}  // namespace crun::executor
