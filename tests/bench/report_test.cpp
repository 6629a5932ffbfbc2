#include "bench/report.hpp"

#include <fstream>

#include <nlohmann/json.hpp>

#include "executor/error.hpp"
#include "tests/catch.hpp"
#include "tests/scratch_repository.hpp"

using namespace crun;
using namespace crun::bench;
using Catch::Matchers::ContainsSubstring;

namespace {

Row measured(double crun, double limit) {
  Row row;
  row.id = "Q2.bash";
  row.what = "one more step";
  row.unit = "ms";
  row.goal.at_most = 1.3;
  row.goal.limit_at_most = 1.3;
  row.figures["crun"] = {crun, crun, crun};
  row.figures["limit"] = {limit, limit, limit};
  row.ratios["limit"] = {crun / limit, crun / limit, crun / limit};
  return row;
}

Report report(Row row) {
  return {"2026-01-02T03:04:05Z", "0123456789ab", "bench/run", {{"cores", "2"}}, {std::move(row)}};
}

}  // namespace

TEST_CASE("row: a goal is met only when every part of it is", "[bench]") {
  CHECK(met(measured(1.2, 1.0)) == true);
  CHECK(met(measured(1.2, 0.5)) == false);
  auto row = measured(1.2, 1.0);
  row.goal.act_at_least = 2.6;
  CHECK(met(row) == std::nullopt);  // act was not there
  row = measured(1.2, 1.0);
  row.noisy = true;
  CHECK(met(row) == std::nullopt);
}

TEST_CASE(
    "report: the JSON is a list of rows with every side, null where there is no figure",
    "[bench]") {
  const auto json = nlohmann::json::parse(json_of(report(measured(1.2, 1.0))));
  const auto& row = json["rows"][0];
  CHECK(row["id"] == "Q2.bash");
  CHECK(row["crun"]["median"] == 1.2);
  CHECK(row["act"].is_null());
  CHECK(row["ratio"]["limit"]["median"] == 1.2);
  CHECK(row["goal"] == "<= 1.3 ms; limit <= 1.3x");
  CHECK(row["met"] == true);
  CHECK(row["noisy"] == false);
}

TEST_CASE("report: the page names machine, date and command", "[bench]") {
  const auto page = page_of(report(measured(1.2, 1.0)));
  CHECK_THAT(page, ContainsSubstring("2026-01-02T03:04:05Z"));
  CHECK_THAT(page, ContainsSubstring("cores 2"));
  CHECK_THAT(page, ContainsSubstring("    bench/run\n"));
  CHECK_THAT(page, ContainsSubstring("| Q2.bash | one more step | ms | 1.20 |"));
}

TEST_CASE(
    "report: the page says of every empty cell why it is empty, each reason once", "[bench]") {
  auto first = measured(1.2, 1.0), second = measured(2, 1), third = measured(3, 1);
  first.absent["act"] = second.absent["act"] = "it has no service";
  second.id = "Q6.live";
  third.id = "Q8.new";
  auto all = report(first);
  all.rows.push_back(second);
  all.rows.push_back(third);
  const auto page = page_of(all);
  CHECK_THAT(page, ContainsSubstring("* No act: it has no service (Q2.bash, Q6.live)\n"));
  CHECK_THAT(page, ContainsSubstring("* No act: nobody says why (Q8.new)\n"));
  CHECK_THAT(page, !ContainsSubstring("No limit"));
}

TEST_CASE(
    "history: what costs more of the limit than at a commit is told, what costs the same is not",
    "[bench]") {
  const tests::ScratchFolder folder;
  const auto history = folder.path() / "history.jsonl";
  record(report(measured(1.2, 1.0)), history);
  CHECK(slower_since(report(measured(2.4, 2.0)), history, "0123").empty());  // a slower machine
  CHECK_THAT(
      slower_since(report(measured(2.4, 1.0)), history, "0123"),
      ContainsSubstring("Q2.bash: 2.00 times slower"));
  CHECK_THROWS_AS(slower_since(report(measured(1, 1)), history, "ffff"), executor::Error);
}
