// Agents on this machine. To start one takes longer than much of what short jobs do: the first is
// started while the workflow is still being read, and an agent whose job has ended, with no process
// left below it, serves the next job.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "executor/host/agent_client.hpp"
#include "executor/host/bell.hpp"
#include "executor/process/child.hpp"
#include "executor/process/fd.hpp"

namespace crun::executor {

/// A started agent nobody speaks to yet. When it goes it ends the agent and waits for that.
class AgentProcess {
 public:
  /// `program` is a file with agent_image(); empty: from memory. `wrapper` is a command line that
  /// starts it: see sandbox.hpp. Throws Error.
  explicit AgentProcess(std::string program, std::vector<std::string> wrapper = {});
  ~AgentProcess();
  AgentProcess(AgentProcess&& other) noexcept;
  AgentProcess& operator=(AgentProcess&&) = delete;

 private:
  friend class LocalAgent;
  pid_t pid_ = 0;  // 0: given away
  Fd channel_;
};

/// An agent and crun's end of its channel.
class LocalAgent {
 public:
  /// Throws Error.
  LocalAgent(asio::any_io_executor executor, AgentProcess process, KillPatience patience = {});
  /// The agent ends with everything below it; waits a while for that.
  ~LocalAgent();

  AgentClient& client() { return *client_; }
  bool running() const { return child_.running(); }
  /// Ends what is below it; true: it is as new.
  asio::awaitable<bool> clear();
  /// Closes the channel and waits until the agent has ended.
  asio::awaitable<void> end();
  /// Closes the channel and leaves the loop: the destructor waits for the agent's end.
  void dismiss();

 private:
  Bell ended_;
  Child child_;
  std::optional<AgentClient> client_;
};

/// On the loop's thread only.
class AgentStock {
 public:
  /// `program` is where agent_image() is written when an agent is started, empty: nowhere, they
  /// start from memory; `first` was started before.
  AgentStock(
      asio::any_io_executor executor, std::string program, std::optional<AgentProcess> first = {});
  ~AgentStock();

  /// One that stands ready, else a new one. Throws Error.
  std::unique_ptr<LocalAgent> take();
  void put_back(std::unique_ptr<LocalAgent> agent);
  /// Those that stand ready end and leave the loop; the stock's own end waits for them.
  void dismiss();

 private:
  asio::any_io_executor executor_;
  std::string program_;
  bool written_ = false;
  std::vector<std::unique_ptr<LocalAgent>> ready_;
};

}  // namespace crun::executor
