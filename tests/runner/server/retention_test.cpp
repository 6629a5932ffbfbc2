// A service forgets what it need not keep.
#include <algorithm>
#include <chrono>
#include <filesystem>

#include "runner/server/store.hpp"
#include "tests/catch.hpp"
#include "tests/runner/server/service_world.hpp"

using namespace std::chrono_literals;
using crun::runner::Store;
using crun::tests::becomes_true;
using crun::tests::ServiceWorld;
namespace fs = std::filesystem;

namespace {

/// As if it had ended so many days ago; no daemon has the database open.
void age(const ServiceWorld& world, const std::string& id, int days) {
  const Store store(world.state() / "crun.db");
  auto run = store.run(id).value();
  run.ended_ms -= days * 86'400'000LL;
  Store(world.state() / "crun.db").end_run(run);
}

bool has(const ServiceWorld& world, const std::string& id) {
  const auto runs = world.runs();
  return std::any_of(runs.begin(), runs.end(), [&](const auto& run) { return run["id"] == id; });
}

}  // namespace

TEST_CASE("service: runs go with their logs when their days are over", "[service]") {
  ServiceWorld world;
  world.start();
  const auto old = world.dispatch("old", 1, "0"), recent = world.dispatch("recent", 1, "0");
  for (const auto& id : {old, recent}) CHECK(world.ended(id, 20s)["conclusion"] == "success");
  world.kill(SIGTERM);
  age(world, old, 91);
  age(world, recent, 89);
  world.start();
  CHECK(becomes_true(10s, [&] { return !has(world, old); }));
  CHECK_FALSE(fs::exists(world.state() / "runs" / old));
  CHECK(has(world, recent));
  CHECK(fs::exists(world.state() / "runs" / recent / "events.jsonl"));
}
