// crun's end of the channel to an agent: programs run as coroutines, any number at once. How the
// agent was started is the business of the host that owns the client.
#pragma once

#include <chrono>
#include <memory>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "executor/host/host.hpp"
#include "executor/process/fd.hpp"

namespace crun::executor {

class AgentClient {
 public:
  /// Reads frames from one descriptor and writes them to the other (may be the same socket, twice).
  AgentClient(asio::any_io_executor executor, Fd from_agent, Fd to_agent, KillPatience patience);
  /// Closes the channel; the agent then kills what is left and ends.
  ~AgentClient();
  AgentClient(const AgentClient&) = delete;
  AgentClient& operator=(const AgentClient&) = delete;

  /// Waits for the agent's first frame. Throws Error: no agent, or one of another version.
  asio::awaitable<void> greet(std::chrono::milliseconds timeout);
  /// Of the agent itself, told with its first frame: in a container what the image gives.
  const Environment& environment() const;
  /// As Host::run. Throws Error when the agent is lost meanwhile.
  asio::awaitable<SpawnResult> run(
      SpawnRequest request, OutputHandler output, CancelSource& cancel);
  /// Ends everything below the agent. Never throws; false: some process would not go, or the agent
  /// did not answer in time.
  asio::awaitable<bool> kill_all(std::chrono::milliseconds timeout);

 private:
  struct Channel;
  struct Ladder;
  std::shared_ptr<Channel> channel_;
  KillPatience patience_;
};

}  // namespace crun::executor
