#include "bench/statistics.hpp"

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
