#include "bench/comparison.hpp"

#include <set>
#include <stdexcept>
#include <string>

#include "tests/catch.hpp"

using namespace crun;
using namespace crun::bench;

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

TEST_CASE("comparison: no side always comes after the same one", "[bench]") {
  char last = ' ';
  std::set<std::string> pairs;
  const auto side = [&](const char* name, char letter) {
    return Side{name, [&, letter] {
                  pairs.insert(std::string{last, letter});
                  last = letter;
                  return 1.0;
                }};
  };
  Settings settings;
  settings.rounds = 6;
  compare({}, {side("crun", 'c'), side("act", 'a'), side("limit", 'l')}, settings);
  for (const auto* pair : {"ca", "cl", "ac", "al", "lc", "la"}) CHECK(pairs.count(pair) == 1);
}

TEST_CASE("comparison: what takes no time is measured more often than asked for", "[bench]") {
  Settings settings;
  settings.rounds = 1;
  int called = 0;
  compare({}, {{"crun", [&] { return 1.0 + called++; }}}, settings);
  CHECK(called >= 24);
}
