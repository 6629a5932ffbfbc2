// Schedules of a workflow.
#include <string>

#include "tests/catch.hpp"
#include "tests/workflow/lint/project.hpp"

using namespace crun::workflow;
using Catch::Matchers::ContainsSubstring;

namespace {

Diagnostics scheduled(const std::string& cron) {
  return Project().lint(
      "on:\n  schedule:\n    - cron: '" + cron +
      "'\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: echo\n");
}

}  // namespace

TEST_CASE("schedules: what is none is an error, what is odd a warning", "[lint]") {
  CHECK(scheduled("30 5 * * 1-5").all().empty());
  CHECK(scheduled("0 0 29 2 *").all().empty());
  const auto invalid = only(scheduled("0 25 * * *"), "schedule");
  CHECK(invalid.severity == Severity::error);
  CHECK(invalid.span.begin == Position{3, 7});
  CHECK_THAT(invalid.message, ContainsSubstring("'25' in the hour"));
  CHECK(only(scheduled("0 0 31 2 *"), "schedule").severity == Severity::warning);
  CHECK_THAT(only(scheduled("*/2 * * * *"), "schedule").help, ContainsSubstring("5 minutes"));
}
