#include "bench/limits/limits.hpp"

#include <algorithm>

#include "bench/delivery.hpp"

#include "executor/error.hpp"
#include "tests/catch.hpp"
#include "tests/scratch_repository.hpp"

using namespace crun;
using namespace crun::bench;

namespace {

workflow::Workflow chain_and_fan() {
  workflow::Workflow result;
  const std::vector<std::pair<std::string, std::vector<std::string>>> jobs = {
      {"last", {"left", "right"}}, {"left", {"first"}}, {"right", {"first"}}, {"first", {}}};
  for (const auto& [id, needs] : jobs) {
    auto& job = result.jobs.emplace_back();
    job.id = id;
    for (const auto& need : needs) job.needs.push_back({need, {}});
  }
  return result;
}

}  // namespace

TEST_CASE("limits: a flat graph has each job behind those it needs", "[bench]") {
  const auto order = FlatGraph(chain_and_fan()).order();
  REQUIRE(order.size() == 4);
  CHECK(order.front() == 3);
  CHECK(order.back() == 0);
}

TEST_CASE("limits: a ring of needs has no order", "[bench]") {
  auto ring = chain_and_fan();
  ring.jobs.back().needs.push_back({"last", {}});
  CHECK(FlatGraph(ring).order().empty());
}

TEST_CASE("limits: every line is copied, also one without an end", "[bench]") {
  CHECK(copied_lines("") == 0);
  CHECK(copied_lines("a\n\nb\n") == 3);
  CHECK(copied_lines("a\nb") == 2);
}

TEST_CASE("limits: the YAML library reads all of a text, or throws", "[bench]") {
  CHECK_NOTHROW(yaml_events("a: [1, {b: c}]\n---\n- &x y\n- *x\n"));
  CHECK_THROWS(yaml_events("a: [1\n"));
}

TEST_CASE("limits: the least service stores a webhook, answers it and passes lines on", "[bench]") {
  const tests::ScratchFolder folder;
  const auto request = push_webhook("1", "2", "secret", "delivery");
  {
    const LeastService service(folder.path(), marked_script());
    for (const std::string id : {"1", "2"}) {
      std::string run;
      const auto seen =
          deliver(service.port(), request, [&](Wire sender, const std::string& named) {
            run = named;
            return sender;
          });
      CHECK(run == id);
      CHECK(seen.answered > 0);
      CHECK(seen.first_line >= seen.answered);
      REQUIRE(seen.lags.size() == 5);
      CHECK(*std::min_element(seen.lags.begin(), seen.lags.end()) >= 0);
      CHECK(*std::max_element(seen.lags.begin(), seen.lags.end()) < 5000);
    }
  }
  CHECK(reopened(folder.path() / "rows.db", folder.path() / "copy").rows == 2);
}

TEST_CASE("limits: who tells of no run is told on", "[bench]") {
  const tests::ScratchFolder folder;
  const LeastService service(folder.path(), "exit 1\n");
  const auto request = push_webhook("1", "2", "secret", "delivery");
  CHECK_THROWS_AS(
      deliver(service.port(), request, [](Wire sender, const std::string&) { return sender; }),
      executor::Error);
  CHECK_THROWS_AS(Wire(1), executor::Error);
}

TEST_CASE(
    "limits: a database is reopened as a crash left it, with what was committed last", "[bench]") {
  const tests::ScratchFolder folder;
  const auto database = folder.path() / "live.db";
  DurableRows rows(database);
  for (int i = 1; i <= 20; ++i) CHECK(rows.add("row") == i);
  // Still open, so all of it is in the log beside the database, as after kill -9.
  REQUIRE(std::filesystem::file_size(database.string() + "-wal") > 0);
  const auto again = reopened(database, folder.path() / "copy");
  CHECK(again.rows == 20);
  CHECK(again.milliseconds > 0);
}
