// Is what a webhook tells new? An event is one movement of a ref, taken exactly once, whether
// polling or the webhook saw it first; the same movement made again later is a new one.
//
// The ground is the ref's last known position, which every taken event moves. Polling sees only
// where a ref is, so one polled movement may stand for several pushes, whose webhooks come later:
// `told` is how far they have come.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace crun::runner {

extern const std::string zero_id;

struct Movement {
  std::int64_t id = 0;
  std::string before, after;  // zeros: the ref was not there, or is gone
  bool polled = false;
  std::string told;  // of a polled one: up to here webhooks have told it; `after`: all of it
};

struct RefSituation {
  std::string position;             // where the last event left it; zeros: nowhere
  std::string tip;                  // where the remote has it now; zeros: nowhere
  std::vector<Movement> movements;  // of this ref, oldest first
  /// Is the first commit an ancestor of the second? False also for what is not known.
  std::function<bool(const std::string&, const std::string&)> is_ancestor;
};

struct MoveVerdict {
  bool fresh = false;
  /// Not fresh, but part of this polled movement, which is told up to `after` now.
  std::optional<std::int64_t> told;
  /// Fresh: the ref's last known position becomes `after`.
  bool moves_position = false;
};

MoveVerdict judge_move(
    const std::string& before, const std::string& after, const RefSituation& situation);

}  // namespace crun::runner
