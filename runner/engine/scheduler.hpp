// Which job starts when: a pure state machine over `needs`, `if`, lazy matrices, max-parallel,
// fail-fast and cancelling. It starts nothing itself; it says what to start, and is told what
// ended.
#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "workflow/expression/value.hpp"
#include "workflow/model/workflow.hpp"
#include "workflow/plan/condition.hpp"
#include "workflow/plan/graph.hpp"

namespace crun::runner {

using workflow::Conclusion;

/// One leg to start.
struct Leg {
  std::string id;    // "build-push.2"; of a job without matrix its id
  std::string name;  // "build-push (services/go/api-golang)"
  const workflow::Job* job = nullptr;
  workflow::Value needs, strategy, matrix;
  bool continue_on_error = false;
};

/// A job or leg that ended without running.
struct Settled {
  std::string id, name;
  const workflow::Job* job = nullptr;
  Conclusion conclusion = Conclusion::skipped;
  std::string reason;
};

/// What the scheduler wants done, in this order.
struct Actions {
  std::vector<Settled> settled;
  std::vector<std::pair<std::string, std::string>> cancel;  // leg, reason
  std::vector<Leg> start;
};

struct SchedulerOptions {
  int max_parallel = 2;        // legs of the whole run
  std::set<std::string> jobs;  // only these and what they need; empty: all
  std::vector<std::pair<std::string, std::string>> matrix;  // only legs with these values
};

class Scheduler {
 public:
  using Outputs = std::vector<std::pair<std::string, std::string>>;

  /// `contexts`: github, vars and inputs. The workflow and the graph must outlive the scheduler.
  Scheduler(
      const workflow::Workflow& workflow,
      const workflow::JobGraph& graph,
      workflow::Object contexts,
      SchedulerOptions options);

  Actions begin();
  Actions finished(const std::string& leg, Conclusion conclusion, const Outputs& outputs);
  /// Running legs are cancelled; waiting jobs run only if their condition says so (always()).
  Actions cancel(const std::string& reason);

  bool done() const;
  /// Did a job fail whose failure counts?
  bool failed() const { return failed_; }

 private:
  struct LegState {
    Leg leg;
    enum class Phase { queued, running, ended } phase = Phase::queued;
  };
  struct JobState {
    bool selected = true;
    bool settled = false;   // its result is known
    bool expanded = false;  // its legs are known
    bool fail_fast = true;
    int max_parallel = 0;  // 0: no limit of its own
    std::vector<LegState> legs;
    Conclusion result = Conclusion::success;  // as dependants see it
    Outputs outputs;
  };

  workflow::Scope scope_for(int job) const;
  workflow::Value needs_of(int job) const;
  bool ready(int job) const;
  void advance(Actions& actions);
  void consider(int job, Actions& actions);
  void expand(int job, const workflow::Scope& scope, Actions& actions);
  Leg make_leg(int job, const workflow::Scope& scope, std::size_t index, std::size_t total) const;
  void start_queued(Actions& actions);
  void settle(int job, Conclusion conclusion, const std::string& reason, Actions& actions);
  void cancel_siblings(int job, const std::string& reason, Actions& actions);
  void conclude_if_ended(int job);
  std::string skip_reason(int job) const;

  const workflow::Workflow& workflow_;
  const workflow::JobGraph& graph_;
  workflow::Object contexts_;
  SchedulerOptions options_;
  std::vector<JobState> jobs_;
  std::map<std::string, std::pair<int, std::size_t>> legs_;  // id -> job, leg
  int running_ = 0;
  bool cancelled_ = false;
  bool failed_ = false;
};

}  // namespace crun::runner
