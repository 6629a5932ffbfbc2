// What the service knows for ever: deliveries, where refs were last, what moved, runs and their
// states. A change is durable when the function that made it, or the transaction around it, has
// returned. Loop thread only.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "executor/git/mirror.hpp"
#include "runner/server/database.hpp"
#include "runner/server/ref_moves.hpp"
#include "runner/server/run_record.hpp"

namespace crun::runner {

/// A run with what the service alone needs of it.
struct StoredRun : RunRecord {
  std::string path;   // of the workflow in the repository
  std::string group;  // of its concurrency, in lower case; empty: none
  bool cancel_in_progress = false;
  std::string cancel_reason;  // not empty: it is to be cancelled
  bool interrupted = false;   // INT was sent
};

struct Delivery {
  std::int64_t id = 0;
  std::string repository;
};

class Store {
 public:
  /// Throws Error.
  explicit Store(const std::filesystem::path& file);

  const Database& database() const { return database_; }  // for transactions

  /// Forgets positions of a repository whose URL is another one now.
  void know_repository(const std::string& name, const std::string& url);
  bool looked_at(const std::string& repository) const;
  void set_looked_at(const std::string& repository);
  executor::git::RefMap positions(const std::string& repository) const;
  /// An empty object: the ref is gone.
  void set_position(
      const std::string& repository, const std::string& ref, const std::string& object);

  /// Of the last days, oldest first.
  std::vector<Movement> movements(const std::string& repository, const std::string& ref) const;
  void add_movement(const std::string& repository, const std::string& ref, const Movement& made);
  void set_told(std::int64_t movement, const std::string& commit);

  bool has_delivery(const std::string& repository, const std::string& delivery) const;
  /// Gives its id. With a body it is open: what it starts is yet to be decided.
  std::int64_t add_delivery(
      const std::string& repository,
      const std::string& delivery,
      const std::string& event,
      const std::string& body);
  /// Oldest first.
  std::vector<Delivery> open_deliveries() const;
  std::string delivery_body(std::int64_t id) const;
  void close_delivery(std::int64_t id);

  /// Queued; gives it its id and its time.
  void add_run(StoredRun& run, const std::string& payload);
  std::string payload(const std::string& run) const;
  void set_state(const std::string& run, RunState state, std::int64_t started_ms);
  void set_cancel(const std::string& run, const std::string& reason);
  void set_interrupted(const std::string& run);
  /// Ended, with everything else that is in the record.
  void end_run(const RunRecord& run);
  /// Not ended, oldest first.
  std::vector<StoredRun> open_runs() const;
  std::vector<RunRecord> newest_runs(int limit) const;
  std::optional<RunRecord> run(const std::string& id) const;

  /// Their ids, oldest first.
  std::vector<std::string> runs_ended_before(std::int64_t time_ms, int limit) const;
  void remove_run(const std::string& id);

  void add_silent_event(const std::string& repository, const std::string& text);
  std::vector<std::string> silent_events(const std::string& repository, int limit) const;
  /// Removes what is only kept for a while.
  void forget_old();

 private:
  Database database_;
};

/// Unix milliseconds.
std::int64_t now_ms();

}  // namespace crun::runner
