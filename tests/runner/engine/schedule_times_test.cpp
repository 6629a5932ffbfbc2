#include "runner/engine/schedule_times.hpp"

#include "tests/catch.hpp"

using crun::runner::next_times;
using crun::runner::told_schedule;
using crun::workflow::Schedule;
using Times = std::vector<std::string>;

namespace {

// Saturday, 2026-11-21 at 23:10 UTC; in Tokyo it is Sunday.
const auto now = std::chrono::system_clock::from_time_t(1795302600);

}  // namespace

TEST_CASE("schedule times: the next ones by the clocks of the schedule's zone", "[engine]") {
  CHECK(
      next_times({"30 5 * * 1-5", "", {}}, now, 2) ==
      Times{"Mon 2026-11-23 05:30", "Tue 2026-11-24 05:30"});
  CHECK(next_times({"0 9 * * 0", "Asia/Tokyo", {}}, now, 1) == Times{"Sun 2026-11-22 09:00"});
  CHECK(next_times({"0 9 * * 0", "No/Such", {}}, now, 1).empty());
  CHECK(next_times({"0 0 31 2 *", "", {}}, now, 1).empty());
  CHECK(next_times({"whenever", "", {}}, now, 1).empty());
}

TEST_CASE(
    "schedule times: a schedule is told in words, as written, and with its times", "[engine]") {
  CHECK(
      told_schedule({"15 */6 * * *", "", {}}, now, 2) ==
      "at 15 minutes past the hour, every 6 hours (15 */6 * * *, UTC); next Sun 2026-11-22 "
      "00:15, Sun 2026-11-22 06:15");
}
