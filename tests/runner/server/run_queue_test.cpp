#include "runner/server/run_queue.hpp"

#include <deque>

#include "tests/catch.hpp"

using namespace crun::runner;

namespace {

using Ids = std::vector<std::string>;

class Runs {
 public:
  void add(RunState state, const std::string& group = "", bool cancels = false) {
    StoredRun run;
    run.id = std::to_string(runs_.size() + 1);
    run.repository = "demo";
    run.state = state;
    run.group = group;
    run.cancel_in_progress = cancels;
    runs_.push_back(run);
  }
  StoredRun& operator[](std::size_t id) { return runs_[id - 1]; }
  std::vector<const StoredRun*> open() const {
    std::vector<const StoredRun*> all;
    for (const auto& run : runs_) all.push_back(&run);
    return all;
  }
  Ids cancelled() const {
    Ids ids;
    for (const auto& [id, reason] : cancelled_by_newest(open())) ids.push_back(id);
    return ids;
  }

 private:
  std::deque<StoredRun> runs_;
};

}  // namespace

TEST_CASE("queue: the oldest go first, as many as there is room for", "[server]") {
  Runs runs;
  runs.add(RunState::running);
  runs.add(RunState::queued);
  runs.add(RunState::queued);
  runs.add(RunState::queued);
  CHECK(startable(runs.open(), 3) == Ids{"2", "3"});
  CHECK(startable(runs.open(), 1).empty());
}

TEST_CASE("queue: a run waits for the one of its group and lets others pass", "[server]") {
  Runs runs;
  runs.add(RunState::running, "deploy");
  runs.add(RunState::queued, "deploy");
  runs.add(RunState::queued);
  CHECK(startable(runs.open(), 4) == Ids{"3"});
}

TEST_CASE("queue: groups of two repositories are two groups", "[server]") {
  Runs runs;
  runs.add(RunState::running, "deploy");
  runs.add(RunState::queued, "deploy");
  runs[2].repository = "other";
  CHECK(startable(runs.open(), 4) == Ids{"2"});
  CHECK(runs.cancelled().empty());
}

TEST_CASE("queue: a newer run replaces the one of its group that waits", "[server]") {
  Runs runs;
  runs.add(RunState::running, "deploy");
  runs.add(RunState::queued, "deploy");
  CHECK(runs.cancelled().empty());
  runs.add(RunState::queued, "deploy");
  CHECK(runs.cancelled() == Ids{"2"});
}

TEST_CASE("queue: cancel-in-progress also ends the one that runs", "[server]") {
  Runs runs;
  runs.add(RunState::running, "deploy");
  runs.add(RunState::queued, "deploy");
  runs.add(RunState::queued, "deploy", true);
  CHECK(runs.cancelled() == Ids{"1", "2"});
}

TEST_CASE("queue: the first of a group holds it before it has room to start", "[server]") {
  Runs runs;
  runs.add(RunState::running);
  runs.add(RunState::queued, "deploy");
  runs.add(RunState::queued, "deploy");
  CHECK(runs.cancelled().empty());
  CHECK(startable(runs.open(), 3) == Ids{"2"});
}
