#include "workflow/trigger/cron_words.hpp"

#include "tests/catch.hpp"
#include "workflow/trigger/cron.hpp"

using crun::workflow::cron_in_words;

TEST_CASE("cron words: times of the day", "[trigger]") {
  CHECK(cron_in_words("0 * * * *") == "every hour");
  CHECK(cron_in_words("* * * * *") == "every minute");
  CHECK(cron_in_words("*/15 * * * *") == "every 15 minutes");
  CHECK(cron_in_words("0 */6 * * *") == "every 6 hours");
  CHECK(cron_in_words("30 5 * * *") == "at 05:30");
  CHECK(cron_in_words("30 5,17 * * *") == "at 05:30 and 17:30");
  CHECK(cron_in_words("7 * * * *") == "at 7 minutes past the hour");
  CHECK(cron_in_words("1 * * * *") == "at 1 minute past the hour");
  CHECK(cron_in_words("0,20,40 * * * *") == "at 0, 20 and 40 minutes past the hour");
  CHECK(cron_in_words("*/10 9-17 * * *") == "every 10 minutes, between 09:00 and 17:59");
  CHECK(cron_in_words("0 9-17 * * *") == "every hour, between 09:00 and 17:00");
  CHECK(cron_in_words("5 */2 * * *") == "at 5 minutes past the hour, every 2 hours");
  CHECK(
      cron_in_words("10-20 3 * * *") ==
      "minutes 10 through 20 past the hour, between 03:00 and 03:59");
  CHECK(cron_in_words("5/20 * * * *") == "minutes every 20 minutes from 5 past the hour");
}

TEST_CASE("cron words: days and months", "[trigger]") {
  CHECK(cron_in_words("30 5 * * 1-5") == "at 05:30, Monday through Friday");
  CHECK(cron_in_words("0 0 * * sun") == "at 00:00, only on Sunday");
  CHECK(cron_in_words("0 0 * * MON,thu") == "at 00:00, only on Monday and Thursday");
  CHECK(cron_in_words("0 4 1 * *") == "at 04:00, on day 1 of the month");
  CHECK(cron_in_words("0 4 1,15 * *") == "at 04:00, on day 1 and 15 of the month");
  CHECK(cron_in_words("0 4 */3 * *") == "at 04:00, every 3 days");
  CHECK(cron_in_words("0 4 1 * 1") == "at 04:00, on day 1 of the month, or on Monday");
  CHECK(
      cron_in_words("0 4 1 1,jul *") ==
      "at 04:00, on day 1 of the month, only in January and July");
  CHECK(cron_in_words("0 4 1 */3 *") == "at 04:00, on day 1 of the month, every 3 months");
  CHECK(cron_in_words("0 4 * jun-aug *") == "at 04:00, June through August");
}
