// Concurrency groups among the jobs of a run: of a group one runs and one waits, and who comes
// later takes the place of who waits (runner.md 1.12.2). A pure state machine; legs are named by
// their ids.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "workflow/expression/expression.hpp"
#include "workflow/model/workflow.hpp"

namespace crun::runner {

/// What a job's `concurrency` says, evaluated.
struct GroupRequest {
  std::string name;                 // as written, for people
  bool cancel_in_progress = false;  // who holds the group is to end
  bool queues = false;              // `queue: max`: nobody who waits is replaced
};

/// Throws EvaluationError: the group's name is empty or too long.
GroupRequest group_request(const workflow::Concurrency& concurrency, const workflow::Scope& scope);

class ConcurrencyGroups {
 public:
  /// The leg holds the group from now on; or it waits, and is to ask again; or it waits since just
  /// now, and somebody has to go for it.
  enum class Answer { holds, waits, ousts };
  Answer ask(const std::string& leg, const GroupRequest& request);
  /// Somebody has decided that the leg has to end. True.
  bool oust(const std::string& leg, std::string reason);
  /// The leg has ended, or waits no more.
  void leave(const std::string& leg);
  /// Why somebody who came later ended this leg; nothing as long as nobody did.
  std::optional<std::string> ousted(const std::string& leg) const;

 private:
  struct Group {
    std::string holder;                // empty: free
    std::vector<std::string> waiting;  // the first one is next
  };

  std::map<std::string, Group> groups_;        // by name in lower case
  std::map<std::string, std::string> ousted_;  // leg -> reason
};

/// The name by which groups are compared.
std::string group_key(const std::string& name);

/// What is said when a leg asks for a group that a workflow around it holds.
std::string deadlock(const std::string& group, const std::string& leg);

}  // namespace crun::runner
