#include "bench/statistics.hpp"

#include "bench/comparison.hpp"

#include "tests/catch.hpp"

using namespace crun;
using namespace crun::bench;

TEST_CASE("statistics: a percentile lies between its neighbours", "[bench]") {
  CHECK(percentile({3, 1, 2}, 0.5) == 2);
  CHECK(percentile({1, 2, 3, 4}, 0.5) == 2.5);
  CHECK(percentile({7}, 0.95) == 7);
}

TEST_CASE("statistics: a ratio is taken pair by pair, so that drift does not move it", "[bench]") {
  const auto ratio = paired_ratio({10, 20, 40, 80}, {5, 10, 20, 40});
  CHECK(ratio.median == 2);
  CHECK(ratio.low == 2);
  CHECK(ratio.high == 2);
  CHECK_FALSE(too_wide(ratio));
  CHECK(too_wide(paired_ratio({1, 10, 1, 10, 5}, {1, 1, 1, 1, 1})));
}

TEST_CASE(
    "comparison: of a peer it says how many times better crun is, of the limit how many times crun "
    "costs",
    "[bench]") {
  Settings settings;
  settings.rounds = 3;
  Row row;
  row.unit = "ms";
  const auto compared = compare(
      row,
      {{"crun", [] { return 2.0; }}, {"act", [] { return 20.0; }}, {"limit", [] { return 1.0; }}},
      settings);
  CHECK(compared.ratios.at("act").median == 10);
  CHECK(compared.ratios.at("limit").median == 2);

  row.more_is_better = true;
  const auto rates = compare(
      row,
      {{"crun", [] { return 20.0; }}, {"act", [] { return 2.0; }}, {"limit", [] { return 40.0; }}},
      settings);
  CHECK(rates.ratios.at("act").median == 10);
  CHECK(rates.ratios.at("limit").median == 2);
}

TEST_CASE("comparison: a side that fails is left out, and the row says why", "[bench]") {
  Settings settings;
  settings.rounds = 2;
  const auto compared = compare(
      {},
      {{"crun", [] { return 2.0; }},
       {"act", []() -> double { throw std::runtime_error("no such program"); }}},
      settings);
  CHECK(compared.figures.count("crun") == 1);
  CHECK(compared.figures.count("act") == 0);
  CHECK(compared.note == "act: no such program");
}

TEST_CASE("comparison: a side that was not asked for is not measured", "[bench]") {
  Settings settings;
  settings.rounds = 1;
  settings.against = {"limit"};
  int called = 0;
  const auto row = compare(
      {}, {{"crun", [] { return 1.0; }}, {"act", [&] { return 1.0 + called++; }}}, settings);
  CHECK(called == 0);
  CHECK(row.absent.at("act") == "not asked for");
}
