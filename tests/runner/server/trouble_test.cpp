// The world fails around a running service: its disk is full, a repository cannot be fetched.

#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>

#include <sys/mount.h>

#include <sched.h>

#include "runner/server/run_start.hpp"
#include "tests/catch.hpp"
#include "tests/runner/server/service_world.hpp"

using namespace std::chrono_literals;
using Catch::Matchers::ContainsSubstring;
using crun::runner::note_of_run;
using crun::tests::becomes_true;
using crun::tests::Json;
using crun::tests::ServiceWorld;
namespace fs = std::filesystem;

namespace {

/// A small disk for the service's state, seen by this process and what it starts; false where that
/// is not allowed.
bool mount_small_disk(const fs::path& folder) {
  fs::create_directories(folder);
  return ::unshare(CLONE_NEWNS) == 0 &&
         ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
         ::mount("tmpfs", folder.c_str(), "tmpfs", 0, "size=2m") == 0;
}

std::string error_of(const ServiceWorld& world, const std::string& repository) {
  const auto answer = world.ask({{"command", "runs"}});
  for (const auto& each : answer["repositories"]) {
    if (each["name"] == repository) return each["error"].get<std::string>();
  }
  return "no such repository";
}

}  // namespace

TEST_CASE("service: on a full disk a run fails and says so, and nothing is lost", "[service]") {
  ServiceWorld world;
  if (!mount_small_disk(world.state())) {
    WARN("skipped: mounting a small disk is not allowed here");
    return;
  }
  world.start();
  const auto before = world.dispatch("before", 5, "0");
  CHECK(world.ended(before, 20s)["conclusion"] == "success");
  // Writes nothing while the disk is full.
  std::ofstream(world.hold("waiting")).put('\n');
  const auto waiting = world.dispatch("waiting", 1, "0");
  REQUIRE(becomes_true(20s, [&] { return world.ticks(waiting).size() == 1; }));
  const auto large = world.dispatch("large", 40'000, "0");
  REQUIRE(becomes_true(60s, [&] { return fs::space(world.state()).available == 0; }));
  SECTION("the daemon goes on when there is space again") {}
  SECTION("a new daemon goes on") {
    world.kill();
  }
  // It has come to its end without a place to say so.
  REQUIRE(becomes_true(60s, [&] { return !note_of_run(world.state() / "runs" / large).empty(); }));
  std::ofstream(world.state() / "runs" / before / "events.jsonl", std::ios::trunc);
  fs::resize_file(world.state() / "runs" / large / "events.jsonl", 100'000);
  world.start();  // refused where one runs
  const auto failed = world.ended(large, 30s);
  CHECK(failed["conclusion"] == "failure");
  CHECK_THAT(failed["reason"].get<std::string>(), ContainsSubstring("space"));
  fs::remove(world.hold("waiting"));
  CHECK(world.ended(waiting, 30s)["conclusion"] == "success");
  CHECK(world.ended(world.dispatch("after", 5, "0"), 30s)["conclusion"] == "success");
  CHECK(world.runs().size() == 4);
  for (const char* mark : {"before", "large", "waiting", "after"}) {
    INFO(mark);
    CHECK(world.ledger("start")[mark] == 1);
  }
}

TEST_CASE(
    "service: a repository that cannot be fetched says why, is tried again, and holds up nobody",
    "[service]") {
  ServiceWorld world;
  const auto later = (world.folder / "later.git").string();
  world.configure("  - { name: later, url: \"file://" + later + "\", poll: 200ms }\n");
  world.start();
  CHECK(world.ended(world.dispatch("demo", 1, "0"), 20s)["conclusion"] == "success");
  CHECK_THAT(error_of(world, "later"), ContainsSubstring("later.git"));
  CHECK(error_of(world, "demo").empty());
  world.git({"clone", "-q", "--bare", ".", later});
  CHECK(becomes_true(20s, [&] { return error_of(world, "later").empty(); }));
  // What was there at its first look starts nothing, the next push does.
  world.git({"commit", "-q", "--allow-empty", "-m", "Next"});
  world.git({"push", "-q", later, "main"});
  CHECK(becomes_true(20s, [&] { return world.runs().size() == 2; }));
  CHECK(world.runs()[0]["repository"] == "later");
}
