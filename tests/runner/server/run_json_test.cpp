#include "runner/server/run_json.hpp"

#include <nlohmann/json.hpp>

#include "tests/catch.hpp"

using namespace crun::runner;
using nlohmann::json;

namespace {

const std::chrono::system_clock::time_point now{std::chrono::milliseconds(1'795'267'210'500)};

RunRecord queued() {
  RunRecord run;
  run.id = "7";
  run.repository = "demo";
  run.workflow = ".github/workflows/slow.yml";
  run.event = "push";
  run.ref = "refs/heads/main";
  run.created_ms = 1'795'267'200'000;
  return run;
}

}  // namespace

TEST_CASE("run json: a queued run has neither start nor end", "[server]") {
  const auto object = json::parse(run_json(queued(), now));
  CHECK(object["id"] == "7");
  CHECK(object["state"] == "queued");
  CHECK(object["ref"] == "refs/heads/main");
  for (const char* key : {"conclusion", "reason", "started", "duration", "exit_code"}) {
    INFO(key);
    CHECK(object[key].is_null());
  }
}

TEST_CASE("run json: the duration grows until the end", "[server]") {
  auto run = queued();
  run.state = RunState::running;
  run.started_ms = 1'795'267'200'250;
  auto object = json::parse(run_json(run, now));
  CHECK(object["started"] == "2026-11-21T13:20:00.250Z");
  CHECK(object["duration"] == 10.25);
  run.state = RunState::ended;
  run.ended_ms = run.started_ms + 1'500;
  run.conclusion = "failure";
  run.exit_code = 1;
  object = json::parse(run_json(run, now));
  CHECK(object["duration"] == 1.5);
  CHECK(object["conclusion"] == "failure");
  CHECK(object["exit_code"] == 1);
}

TEST_CASE("run json: a list is an array, empty or not, whatever bytes are in it", "[server]") {
  CHECK(json::parse(runs_json({}, now)) == json::array());
  auto odd = queued();
  odd.ref = "refs/heads/\xff\"<";
  const auto list = json::parse(runs_json({odd, queued()}, now));
  CHECK(list.size() == 2);
}
