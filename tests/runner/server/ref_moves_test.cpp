#include "runner/server/ref_moves.hpp"

#include "tests/catch.hpp"

using namespace crun::runner;

namespace {

/// Commits are letters in order: an earlier one is an ancestor of a later one.
RefSituation at(const std::string& position, const std::string& tip) {
  RefSituation situation;
  situation.position = position;
  situation.tip = tip;
  situation.is_ancestor = [](const std::string& a, const std::string& b) {
    return a.size() == 1 && b.size() == 1 && a <= b;
  };
  return situation;
}

Movement polled(std::int64_t id, const std::string& before, const std::string& after) {
  return {id, before, after, true, before};
}

Movement told(std::int64_t id, const std::string& before, const std::string& after) {
  return {id, before, after, false, after};
}

}  // namespace

TEST_CASE("ref moves: a push from the last position is new and moves it", "[server]") {
  const auto verdict = judge_move("a", "b", at("a", "b"));
  CHECK(verdict.fresh);
  CHECK(verdict.moves_position);
}

TEST_CASE("ref moves: pushes told after the last of them are all new, in order", "[server]") {
  CHECK(judge_move("a", "b", at("a", "d")).moves_position);
  CHECK(judge_move("b", "c", at("b", "d")).moves_position);
  CHECK(judge_move("c", "d", at("c", "d")).moves_position);
}

TEST_CASE("ref moves: what polling saw first is not new when its webhook comes", "[server]") {
  auto situation = at("b", "b");
  situation.movements = {polled(7, "a", "b")};
  const auto verdict = judge_move("a", "b", situation);
  CHECK_FALSE(verdict.fresh);
  CHECK(verdict.told == 7);
}

TEST_CASE("ref moves: one polled movement stands for several pushes", "[server]") {
  auto situation = at("d", "d");
  situation.movements = {polled(7, "a", "d")};
  CHECK(judge_move("a", "b", situation).told == 7);
  situation.movements[0].told = "b";
  CHECK(judge_move("b", "d", situation).told == 7);
  situation.movements[0].told = "d";
  CHECK(judge_move("d", "e", at("d", "e")).fresh);
}

TEST_CASE("ref moves: there, back and there again are three events", "[server]") {
  auto situation = at("b", "a");
  situation.movements = {told(1, "a", "b")};
  CHECK(judge_move("b", "a", situation).fresh);
  situation = at("a", "b");
  situation.movements = {told(1, "a", "b"), told(2, "b", "a")};
  CHECK(judge_move("a", "b", situation).fresh);
}

TEST_CASE("ref moves: the same movement under another delivery id is not new", "[server]") {
  auto situation = at("b", "b");
  situation.movements = {told(1, "a", "b")};
  CHECK_FALSE(judge_move("a", "b", situation).fresh);
  situation = at("c", "c");
  situation.movements = {told(1, "a", "b"), told(2, "b", "c")};
  CHECK_FALSE(judge_move("a", "b", situation).fresh);
}

TEST_CASE("ref moves: a late push is an event and does not take the position back", "[server]") {
  auto situation = at("c", "c");
  situation.movements = {told(1, "b", "c")};
  const auto verdict = judge_move("a", "b", situation);
  CHECK(verdict.fresh);
  CHECK_FALSE(verdict.moves_position);
}

TEST_CASE("ref moves: an early push is an event and moves the position on", "[server]") {
  const auto verdict = judge_move("b", "c", at("a", "c"));
  CHECK(verdict.fresh);
  CHECK(verdict.moves_position);
}

TEST_CASE("ref moves: a movement that polling saw and that is made again is new", "[server]") {
  auto situation = at("a", "b");
  situation.movements = {polled(1, "a", "b"), polled(2, "b", "a")};
  CHECK(judge_move("a", "b", situation).fresh);
}
