#include "workflow/source/spelling.hpp"

#include <string>
#include <vector>

#include "tests/catch.hpp"

using namespace crun::workflow;

TEST_CASE("spelling: the nearest candidate, if it is near enough", "[source]") {
  const std::vector<std::string> keys = {"runs-on", "needs", "steps", "timeout-minutes", "if"};
  CHECK(nearest("run-on", keys) == "runs-on");
  CHECK(nearest("RUNS-ON", keys) == "runs-on");
  CHECK(nearest("setps", keys) == "steps");
  CHECK(nearest("timeout_minutes", keys) == "timeout-minutes");
  CHECK_FALSE(nearest("container", keys));
  CHECK_FALSE(nearest("", {}));
  CHECK_FALSE(nearest(std::string(5000, 'x'), keys));
}
