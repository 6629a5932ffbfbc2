// The service is killed with -9 at random moments while it works off a queue of runs: none is lost,
// none runs twice, no log has a hole, no process is left.

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <numeric>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "tests/catch.hpp"
#include "tests/runner/server/service_world.hpp"

using namespace std::chrono_literals;
using crun::tests::Json;
using crun::tests::ServiceWorld;

namespace {

constexpr int kills = 50;
constexpr int runs = 24;
constexpr int lines = 25;

unsigned random_seed() {
  const char* given = std::getenv("CRUN_KILL_SEED");
  return given != nullptr ? static_cast<unsigned>(std::strtoul(given, nullptr, 10))
                          : std::random_device()();
}

bool is_open(const Json& run) {
  return run["state"] != "ended";
}

}  // namespace

TEST_CASE(
    "service: killed fifty times it loses no run, doubles none, and leaves nothing", "[service]") {
  ServiceWorld world;
  world.start();
  std::set<std::string> ids;
  for (int i = 0; i < runs; ++i) ids.insert(world.dispatch("m" + std::to_string(i), lines, "0.04"));
  REQUIRE(ids.size() == runs);

  const auto seed = random_seed();
  std::printf("seed %u; the same moments again: CRUN_KILL_SEED=%u\n", seed, seed);
  std::mt19937 random(seed);
  std::uniform_int_distribution<int> moment(0, 250);
  for (int i = 0; i < kills; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(moment(random)));
    world.kill();
    world.start();
  }
  auto listed = world.runs();
  // Otherwise the last kills met a daemon with nothing to do.
  CHECK(std::any_of(listed.begin(), listed.end(), is_open));

  const auto end = std::chrono::steady_clock::now() + 120s;
  while (std::any_of(listed.begin(), listed.end(), is_open) &&
         std::chrono::steady_clock::now() < end) {
    std::this_thread::sleep_for(100ms);
    listed = world.runs();
  }
  CHECK(listed.size() == runs);
  std::vector<int> whole(lines);
  std::iota(whole.begin(), whole.end(), 1);
  for (const auto& run : listed) {
    const auto id = run["id"].get<std::string>();
    INFO(run.dump());
    CHECK(ids.count(id) == 1);
    CHECK(run["conclusion"] == "success");
    CHECK(world.ticks(id) == whole);
  }
  for (int i = 0; i < runs; ++i) {
    const auto mark = "m" + std::to_string(i);
    INFO(mark);
    CHECK(world.ledger("start")[mark] == 1);
    CHECK(world.ledger("end")[mark] == 1);
  }
  CHECK(world.left().empty());
  world.kill(SIGTERM);
  CHECK(world.left().empty());
}
