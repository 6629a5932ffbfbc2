// Which job starts when: a pure state machine over `needs`, `if`, lazy matrices, max-parallel,
// fail-fast and cancelling. It starts nothing itself; it says what to start, and is told what
// ended. A job that calls a workflow is a scheduler of its own in the place of a leg: what it says
// is said by the first one, whose limit on legs at a time counts for all.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "runner/engine/concurrency_groups.hpp"
#include "workflow/expression/value.hpp"
#include "workflow/model/called_workflows.hpp"
#include "workflow/model/workflow.hpp"
#include "workflow/plan/condition.hpp"
#include "workflow/plan/graph.hpp"

namespace crun::runner {

using workflow::Conclusion;

/// What the jobs of a called workflow have of their own.
struct CallFacts {
  workflow::WorkflowPtr workflow;
  workflow::Object inputs, secrets;
};

/// One leg to start.
struct Leg {
  std::string id;    // "build-push.2"; of a job without matrix its id; "call.make" of one called
  std::string name;  // "build-push (services/go/api-golang)", "call / make"
  const workflow::Job* job = nullptr;
  workflow::Value needs, strategy, matrix;
  bool continue_on_error = false;
  std::shared_ptr<const CallFacts> call;  // null in the first workflow
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
  const workflow::CalledWorkflows* calls = nullptr;         // must outlive the scheduler
  workflow::Object secrets;                                 // for the workflows it calls
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
  ~Scheduler();

  Actions begin();
  Actions finished(const std::string& leg, Conclusion conclusion, const Outputs& outputs);
  /// Running legs are cancelled; waiting jobs run only if their condition says so (always()).
  Actions cancel(const std::string& reason);

  /// The leg that most likely starts when one ends, to be prepared for; null: none.
  const Leg* next() const;

  bool done() const;
  /// Of the jobs that count: failure before cancelled before success.
  Conclusion result() const;

 private:
  /// A called workflow under way in the place of a leg.
  struct Call;
  /// What a called workflow's scheduler has of the one that calls.
  struct Inside {
    std::string id_prefix, name_prefix;
    std::shared_ptr<const CallFacts> facts;
    std::shared_ptr<int> running;
    std::shared_ptr<ConcurrencyGroups> groups;
    std::set<std::string> groups_above;  // of those that call, and of their workflows
  };

  struct LegState {
    Leg leg;
    enum class Phase { queued, running, ended } phase = Phase::queued;
    std::shared_ptr<Call> call = nullptr;
    std::optional<GroupRequest> group = std::nullopt;
    bool ousted = false;  // and told so
  };
  struct JobState {
    bool selected = true;
    bool settled = false;  // its result is known
    bool fail_fast = true;
    int max_parallel = 0;                 // 0: no limit of its own
    int open_needs = 0;                   // not settled yet
    workflow::AncestorResults ancestors;  // of those needs that are
    std::vector<LegState> legs;
    Conclusion result = Conclusion::success;  // as dependants see it
    Outputs outputs;
  };

  void hold_group();
  workflow::Scope scope_for(int job) const;
  /// As in the contexts `needs` and `jobs`: result and outputs.
  static workflow::Value result_of(const JobState& job);
  workflow::Value needs_of(int job) const;
  void select();
  void set_settled(int job);
  void advance(Actions& actions);
  void consider(int job, Actions& actions);
  void expand(int job, const workflow::Scope& scope, Actions& actions);
  Leg make_leg(int job, const workflow::Scope& scope, std::size_t index, std::size_t total) const;
  /// True if a called workflow ended at once: then there may be more to do.
  bool start_queued(Actions& actions);
  /// Makes room for a leg of the same concurrency group. True if a leg ended.
  bool oust(int job, std::size_t index, const std::string& reason, Actions& actions);
  /// May it start, as far as its concurrency group goes? Changed: somebody has to go for it.
  bool has_group(LegState& leg, bool& changed);
  void start_call(int job, std::size_t index, Actions& actions);
  /// Ends the leg of a call whose jobs are all done.
  bool end_call(int job, std::size_t index, Actions& actions);
  void end_leg(
      int job, std::size_t index, Conclusion conclusion, const Outputs& outputs, Actions& actions);
  workflow::Scope leg_scope(const Leg& leg) const;
  workflow::Value results() const;
  void settle(int job, Conclusion conclusion, const std::string& reason, Actions& actions);
  void cancel_siblings(int job, const std::string& reason, Actions& actions);
  void conclude_if_ended(int job);
  std::string skip_reason(int job) const;

  const workflow::Workflow& workflow_;
  const workflow::JobGraph& graph_;
  workflow::Object contexts_;
  SchedulerOptions options_;
  std::vector<JobState> jobs_;
  std::vector<int> position_;  // of a job in the graph's order
  std::set<int> ready_;        // positions of jobs whose needs are settled
  std::set<int> active_;       // jobs whose legs are known, and that are not settled
  std::ptrdiff_t unsettled_ = 0;
  bool has_more_than_steps_ = false;  // a job with a concurrency group, or that calls a workflow
  std::map<std::string, std::pair<int, std::size_t>> legs_;  // id -> job, leg
  Inside inside_;
  bool cancelled_ = false;
  bool failed_ = false;
};

}  // namespace crun::runner
