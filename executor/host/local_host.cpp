// Steps on this machine: the agent is a child of crun, and a socket pair is the channel.
#include "executor/error.hpp"
#include "executor/host/agent_stock.hpp"
#include "executor/host/host.hpp"

namespace crun::executor {

namespace {

constexpr std::chrono::seconds patience_to_start{10};

class LocalHost : public Host {
 public:
  using Take = std::function<std::unique_ptr<LocalAgent>()>;
  using PutBack = std::function<void(std::unique_ptr<LocalAgent>)>;

  /// Without `put_back` the agent goes with the host.
  explicit LocalHost(Take take, PutBack put_back = {})
      : take_(std::move(take)), put_back_(std::move(put_back)) {}

  asio::awaitable<void> up() override {
    agent_ = take_();
    co_await agent_->client().greet(patience_to_start);
  }

  asio::awaitable<SpawnResult> run(
      SpawnRequest request, OutputHandler output, CancelSource& cancel) override {
    if (!agent_) throw Error("the host is not up");
    co_return co_await agent_->client().run(std::move(request), std::move(output), cancel);
  }

  asio::awaitable<void> down() override {
    if (!agent_) co_return;
    const bool empty = co_await agent_->clear();
    if (put_back_ && empty) {
      put_back_(std::move(agent_));
    } else {
      co_await agent_->end();
      agent_.reset();
    }
  }

 private:
  Take take_;
  PutBack put_back_;
  std::unique_ptr<LocalAgent> agent_;
};

}  // namespace

std::unique_ptr<Host> make_local_host(AgentStock& stock) {
  return std::make_unique<LocalHost>(
      [&stock] { return stock.take(); },
      [&stock](std::unique_ptr<LocalAgent> agent) { stock.put_back(std::move(agent)); });
}

std::unique_ptr<Host> make_local_host(
    asio::any_io_executor executor,
    std::string agent_program,
    KillPatience patience,
    std::vector<std::string> wrapper) {
  return std::make_unique<LocalHost>([executor, agent_program, patience, wrapper] {
    return std::make_unique<LocalAgent>(executor, AgentProcess(agent_program, wrapper), patience);
  });
}

}  // namespace crun::executor
