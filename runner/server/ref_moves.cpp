#include "runner/server/ref_moves.hpp"

namespace crun::runner {

const std::string zero_id(40, '0');

namespace {

/// The polled movement that this push is the next part of.
const Movement* polled_part(
    const std::string& before, const std::string& after, const RefSituation& situation) {
  for (const auto& move : situation.movements) {
    if (!move.polled || move.told == move.after || move.told != before) continue;
    if (after == move.after || situation.is_ancestor(after, move.after)) return &move;
  }
  return nullptr;
}

/// The same movement was taken, and the ref has not been back since.
bool taken_before(
    const std::string& before, const std::string& after, const RefSituation& situation) {
  bool taken = false;
  for (const auto& move : situation.movements) {
    if (move.before == before && move.after == after) {
      taken = true;
    } else if (move.after == before) {
      taken = false;
    }
  }
  return taken;
}

}  // namespace

MoveVerdict judge_move(
    const std::string& before, const std::string& after, const RefSituation& situation) {
  MoveVerdict verdict;
  const bool follows = situation.position == before;
  const bool is_now = situation.tip == after;
  if (!(follows && is_now)) {
    if (const auto* part = polled_part(before, after, situation)) {
      verdict.told = part->id;
      return verdict;
    }
    if (!follows && taken_before(before, after, situation)) return verdict;
  }
  verdict.fresh = before != after;
  // A delivery that comes late or out of order must not take the position back.
  verdict.moves_position =
      verdict.fresh && (follows || is_now || situation.is_ancestor(situation.position, after));
  return verdict;
}

}  // namespace crun::runner
