// Schedules: what GitHub's dialect takes, and the calendar behind `next_after`.
#include "workflow/trigger/cron.hpp"

#include <string>

#include "tests/catch.hpp"

using namespace crun::workflow;
using Catch::Matchers::ContainsSubstring;

namespace {

std::string refusal(const std::string& text) {
  try {
    Cron::parse(text);
  } catch (const CronError& error) {
    return error.what();
  }
  return "";
}

CalendarMinute next(const std::string& text, const CalendarMinute& after) {
  return Cron::parse(text).next_after(after).value_or(CalendarMinute{0, 0, 0, 0, 0});
}

}  // namespace

TEST_CASE("cron: numbers, names, lists, ranges and steps", "[trigger]") {
  const auto text = GENERATE(
      "0 0 * * *",
      "0 000 001 * *",
      "2,10 4,5 * * *",
      "0 4-4 * * *",
      "*/15 1-5/2 * jan-MAR sun",
      "0 0 * * SUN-2",
      "0 2-4/5 * * *",
      "5/2 0 31 2 0",
      "59 23 31 12 6");
  INFO(text);
  CHECK(refusal(text).empty());
}

TEST_CASE("cron: what is wrong is told with its field", "[trigger]") {
  CHECK_THAT(refusal("0 0 * *"), ContainsSubstring("5 fields"));
  CHECK_THAT(refusal("0 0 * * * *"), ContainsSubstring("5 fields"));
  CHECK_THAT(refusal(" 0 0 * * *"), ContainsSubstring("5 fields"));
  CHECK_THAT(refusal("@daily"), ContainsSubstring("five fields"));
  CHECK(refusal("60 0 * * *") == "'60' in the minute: it goes from 0 to 59");
  CHECK(refusal("0 0 0 * *") == "'0' in the day of the month: it goes from 1 to 31");
  CHECK(refusal("0 0 * * 7") == "'7' in the day of the week: it goes from 0 to 6");
  CHECK_THAT(refusal("0 0 * SUN *"), ContainsSubstring("month"));
  const auto text = GENERATE(
      "0 -1 * * *",
      "0 1/ * * *",
      "0 ,1 * * *",
      "0 1, * * *",
      "0 *-4 * * *",
      "0 5-* * * *",
      ", , , , ,",
      "0 ** * * *",
      "0 12-4 * * *",
      "0 */0 * * *",
      "0 0 * */FEB *",
      "0 1-2-3 * * *",
      "0 1/2/3 * * *",
      "0 ? * * *",
      "0 0 L * *",
      "*/60 * * * *",
      "1.5 * * * *",
      "sat-sun 0 * * *");
  INFO(text);
  CHECK_FALSE(refusal(text).empty());
}

TEST_CASE("cron: the next run is after, never at, the given minute", "[trigger]") {
  CHECK(next("30 5 * * *", {2026, 8, 1, 5, 29}) == CalendarMinute{2026, 8, 1, 5, 30});
  CHECK(next("30 5 * * *", {2026, 8, 1, 5, 30}) == CalendarMinute{2026, 8, 2, 5, 30});
  CHECK(next("*/15 * * * *", {2026, 8, 1, 23, 50}) == CalendarMinute{2026, 8, 2, 0, 0});
  CHECK(next("0 0 1 1 *", {2026, 1, 1, 0, 0}) == CalendarMinute{2027, 1, 1, 0, 0});
  CHECK(next("59 23 31 12 *", {2026, 12, 31, 23, 58}) == CalendarMinute{2026, 12, 31, 23, 59});
  CHECK(next("10,40 8-10/2 * * *", {2026, 8, 1, 8, 40}) == CalendarMinute{2026, 8, 1, 10, 10});
}

TEST_CASE("cron: weekdays and leap days", "[trigger]") {
  CHECK(day_of_week(2026, 8, 17) == 1);  // a Monday
  CHECK(day_of_week(2000, 2, 29) == 2);
  CHECK(next("0 9 * * MON-FRI", {2026, 8, 21, 9, 0}) == CalendarMinute{2026, 8, 24, 9, 0});
  CHECK(next("0 0 29 2 *", {2026, 1, 1, 0, 0}) == CalendarMinute{2028, 2, 29, 0, 0});
  CHECK(next("0 0 29 2 *", {2096, 3, 1, 0, 0}) == CalendarMinute{2104, 2, 29, 0, 0});
  CHECK_FALSE(Cron::parse("0 0 31 2 *").next_after({2026, 1, 1, 0, 0}).has_value());
}

TEST_CASE("cron: of day and weekday either is enough, unless one is any", "[trigger]") {
  CHECK(next("0 0 13 * FRI", {2026, 8, 1, 0, 0}) == CalendarMinute{2026, 8, 7, 0, 0});
  CHECK(next("0 0 13 * *", {2026, 8, 1, 0, 0}) == CalendarMinute{2026, 8, 13, 0, 0});
  CHECK(next("0 0 * * FRI", {2026, 8, 1, 0, 0}) == CalendarMinute{2026, 8, 7, 0, 0});
}

TEST_CASE("cron: the next run matches and none between does", "[trigger]") {
  const auto text =
      GENERATE("7 3,9 */5 * *", "*/20 0-4 1 3 MON", "3-50/7 23 28-31 2,12 *", "0 12 * * 0,6");
  INFO(text);
  const auto cron = Cron::parse(text);
  CalendarMinute at{2027, 2, 25, 22, 0};
  auto expected = cron.next_after(at);
  REQUIRE(expected);
  for (int steps = 0; steps < 400 * 24 * 60; ++steps) {
    if (++at.minute == 60) at.minute = 0, ++at.hour;
    if (at.hour == 24) at.hour = 0, ++at.day;
    if (at.day > days_in_month(at.year, at.month)) at.day = 1, ++at.month;
    if (at.month == 13) at.month = 1, ++at.year;
    if (!cron.matches(at)) continue;
    REQUIRE(at == *expected);
    expected = cron.next_after(at);
  }
}

TEST_CASE("cron: less than five minutes apart is too often", "[trigger]") {
  CHECK(Cron::parse("* * * * *").too_often());
  CHECK(Cron::parse("*/4 * * * *").too_often());
  CHECK_FALSE(Cron::parse("*/5 * * * *").too_often());
  CHECK_FALSE(Cron::parse("*/7 * * * *").too_often());
  CHECK(Cron::parse("0,10,12 * * * *").too_often());
  CHECK(Cron::parse("0,58 * * * *").too_often());
  CHECK_FALSE(Cron::parse("0,58 5 * * *").too_often());
  CHECK_FALSE(Cron::parse("0,30 * * * *").too_often());
}
