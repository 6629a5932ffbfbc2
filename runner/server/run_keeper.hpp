// The runs that have not ended: which of them go, their processes, their journals, their ends.
// Loop thread only.
//
// The database comes first: a run is "starting" there before its process exists, and ended there
// before anybody is told.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include "executor/process/exit_status.hpp"
#include "runner/server/journal_watch.hpp"
#include "runner/server/run_groups.hpp"
#include "runner/server/run_process.hpp"
#include "runner/server/serve_config.hpp"
#include "runner/server/state_folder.hpp"
#include "runner/server/store.hpp"

namespace crun::runner {

class RunKeeper {
 public:
  using Told = std::function<void(const std::string& run)>;

  /// `told` hears of every change of a run and of its journal.
  RunKeeper(
      boost::asio::io_context& loop,
      Store& store,
      const StateFolder& folder,
      const ServeConfig& config,
      Told told);

  /// After a start: takes living runs back, ends dead ones, starts what may start.
  void take_back();

  /// Queues a run, and marks those that it cancels; gives its id. Within a transaction of the
  /// store; after its commit comes settle(), after its failure forget_changes().
  std::string add(StoredRun run, const std::string& payload);
  void forget_changes();
  /// Ends, interrupts and starts what is to be by now. Never throws: what fails is tried again.
  void settle();

  /// Marks it, unless it has ended. Throws Error when that cannot be stored.
  void cancel(const std::string& run, const std::string& reason);

  /// Nothing starts any more; `idle` is called when no process is left, at once if there is none.
  void drain(std::function<void()> idle);

 private:
  struct Live {
    std::unique_ptr<RunProcess> process;
    std::unique_ptr<boost::asio::steady_timer> patience;  // after an interrupt
  };

  void take_back(StoredRun& run);
  void start(StoredRun& run);
  void attach(const StoredRun& run, std::unique_ptr<RunProcess> process);
  std::vector<std::string> command_of(const StoredRun& run) const;
  executor::Environment environment_of(const StoredRun& run) const;
  void journal_grew(const std::string& id);
  void exited(const std::string& id, std::optional<executor::ExitStatus> status);
  void interrupt(StoredRun& run);
  void lose_patience(const std::string& id, int times);
  void end(const std::string& id, RunRecord record);
  bool store_end(const RunRecord& record);
  void retry_later();
  /// Ended runs whose time to be kept is over, with their folders; once an hour at most.
  void forget_old_runs();
  StoredRun* find(const std::string& id);
  std::vector<const StoredRun*> in_order() const;

  boost::asio::io_context& loop_;
  Store& store_;
  const StateFolder& folder_;
  const ServeConfig& config_;
  Told told_;
  std::string program_;
  JournalWatch watch_;
  RunGroups groups_;
  boost::asio::steady_timer retry_;
  std::deque<StoredRun> open_;  // oldest first
  std::map<std::string, Live> live_;
  std::map<std::string, RunRecord> unstored_ends_;  // the disk was full
  std::int64_t forget_next_ms_ = 0;
  bool draining_ = false;
  std::function<void()> idle_;
};

}  // namespace crun::runner
