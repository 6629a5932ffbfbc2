// The blocking half of the events of a repository: fetching its mirror, and what moved, is new and
// starts something. Values in, values out; touches nothing but the mirror.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "executor/git/mirror.hpp"
#include "runner/server/event_body.hpp"
#include "runner/server/event_match.hpp"
#include "runner/server/ref_moves.hpp"

namespace crun::runner {

struct LookRequest {
  executor::git::Mirror mirror;
  std::string repository, url;
  std::map<std::string, std::string> vars;
};

/// A ref that is elsewhere than the last event left it.
struct RefChange {
  std::string ref, before, after;  // zeros: not there; of an annotated tag the tag object
  std::string sha;                 // the commit; empty: none
  EventBody payload;
  EventMatch match;
};

struct Look {
  executor::git::RefMap refs;
  std::vector<RefChange> changes;
};

/// Of the first look only where refs are counts: nothing has changed. Throws Error.
Look look_at(const LookRequest& request, const executor::git::RefMap& positions, bool first_look);

/// What a push webhook says, already checked for its form.
struct ToldPush {
  std::string ref, before, after;
  EventBody payload;
};

struct PushDecision {
  MoveVerdict verdict;
  RefChange change;
};

/// Fetches, then decides. Throws Error.
PushDecision decide_push(
    const LookRequest& request,
    const ToldPush& push,
    const std::string& position,
    const std::vector<Movement>& movements);

struct DispatchWish {
  std::string workflow, ref;  // an empty ref: the remote's HEAD
  std::map<std::string, std::string> inputs;
};

struct DispatchDecision {
  StartedWorkflow workflow;
  std::string ref, sha;
  EventBody payload;
};

/// Throws Error, and UsageError for what the wish names and there is not.
DispatchDecision decide_dispatch(const LookRequest& request, const DispatchWish& wish);

}  // namespace crun::runner
