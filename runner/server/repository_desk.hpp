// One repository of the service: what happens to it happens one after the other, so that polling,
// webhooks and dispatches see the refs' last known positions in one order. Loop thread only; git
// itself works on the pool.
#pragma once

#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include "executor/process/offload.hpp"
#include "runner/server/push_look.hpp"
#include "runner/server/run_keeper.hpp"
#include "runner/server/serve_config.hpp"
#include "runner/server/service_view.hpp"
#include "runner/server/store.hpp"

namespace crun::runner {

/// What `crun dispatch` is answered.
struct DispatchAnswer {
  std::string run;  // its id; empty: refused
  std::string error, help;
  int exit_code = 0;
};

class RepositoryDesk {
 public:
  using TakenRuns = std::function<void(const std::vector<std::string>& runs)>;

  RepositoryDesk(
      boost::asio::io_context& loop,
      executor::BlockingPool& pool,
      Store& store,
      RunKeeper& keeper,
      const StateFolder& folder,
      const RepositoryConfig& config);

  const RepositoryConfig& config() const { return config_; }
  /// The first look, then what a daemon before this one left open, then polling.
  void begin(std::function<void()> looked, const std::vector<std::int64_t>& left);
  /// A push whose delivery is stored; `taken` hears its runs when it is decided. Without `push` it
  /// is read from the store when its turn has come.
  void take(std::int64_t delivery, std::optional<ToldPush> push, TakenRuns taken);
  void dispatch(DispatchWish wish, std::function<void(DispatchAnswer)> answer);
  RepositoryStatus status() const;
  void stop();
  /// Git is at work on the pool.
  bool busy() const { return at_work_; }

 private:
  using Task = std::function<boost::asio::awaitable<void>()>;

  void post(Task task);
  boost::asio::awaitable<void> work();
  boost::asio::awaitable<void> tidy();
  boost::asio::awaitable<void> look(std::function<void()> looked);
  boost::asio::awaitable<void> decide(
      std::int64_t delivery, std::optional<ToldPush> push, TakenRuns taken);
  boost::asio::awaitable<void> decide_wish(
      DispatchWish wish, std::function<void(DispatchAnswer)> answer);
  LookRequest request() const;
  /// Everything that `change` does to the store, or nothing of it; then what follows for the runs.
  void at_once(const std::function<void()>& change);
  void take_look(const Look& look, bool first_look);
  std::vector<std::string> take_decision(std::int64_t delivery, const PushDecision& decision);
  std::vector<std::string> queue_runs(const RefChange& change);
  DispatchAnswer queue_dispatch(const DispatchDecision& decision);
  void look_later();
  void worked();
  void failed(const std::string& reason);

  boost::asio::io_context& loop_;
  executor::BlockingPool& pool_;
  Store& store_;
  RunKeeper& keeper_;
  RepositoryConfig config_;
  executor::git::Mirror mirror_;
  boost::asio::steady_timer timer_;
  std::deque<Task> tasks_;
  /// For a repository that can be fetched; their bodies are not kept in memory.
  std::vector<std::pair<std::int64_t, TakenRuns>> waiting_;
  bool at_work_ = false, stopped_ = false, opened_ = false;
  int failures_ = 0;  // in a row
  std::string last_error_;
  std::int64_t last_look_ms_ = 0;
  std::int64_t task_began_ms_ = 0, tasks_done_ = 0;
};

}  // namespace crun::runner
