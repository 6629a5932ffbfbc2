#include "runner/server/run_queue.hpp"

#include <set>

#include <fmt/format.h>

namespace crun::runner {

namespace {

using Group = std::pair<std::string, std::string>;

Group group_of(const StoredRun& run) {
  return {run.repository, run.group};
}

}  // namespace

std::vector<std::pair<std::string, std::string>> cancelled_by_newest(
    const std::vector<const StoredRun*>& open) {
  std::vector<std::pair<std::string, std::string>> cancelled;
  if (open.empty() || open.back()->group.empty()) return cancelled;
  const auto& newest = *open.back();
  bool holder = true;  // the oldest of the group
  for (const auto* run : open) {
    if (run == &newest || group_of(*run) != group_of(newest)) continue;
    const bool goes = holder && !newest.cancel_in_progress;
    holder = false;
    if (goes || !run->cancel_reason.empty()) continue;
    cancelled.emplace_back(
        run->id,
        fmt::format(
            "run {} is newer and of the same concurrency group '{}'", newest.id, newest.group));
  }
  return cancelled;
}

std::vector<std::string> startable(const std::vector<const StoredRun*>& open, int capacity) {
  std::vector<std::string> ids;
  std::set<Group> held;
  int room = capacity;
  for (const auto* run : open) {
    if (run->state != RunState::queued) --room;
  }
  for (const auto* run : open) {
    const bool free = run->group.empty() || held.insert(group_of(*run)).second;
    if (run->state != RunState::queued || !free || room <= 0) continue;
    ids.push_back(run->id);
    --room;
  }
  return ids;
}

}  // namespace crun::runner
