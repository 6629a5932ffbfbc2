#include "executor/builtin/metadata/moment.hpp"

#include "tests/catch.hpp"
#include "tests/executor/builtin/recorded_rows.hpp"

using namespace crun::executor::builtin;
using crun::tests::recorded_rows;

namespace {

constexpr Instant moment_in_march = 1'772'600'767'089;  // 2026-03-04T05:06:07.089Z, a Wednesday

std::string formatted(std::string_view format, Instant instant = moment_in_march) {
  return format_moment(instant, format, ZoneOffset{});
}

}  // namespace

TEST_CASE("moment: gives what the original gave, in all zones", "[builtin]") {
  if (!zone_offset("Asia/Tokyo", 0)) {
    WARN("skipped: no time zones on this machine");
    return;
  }
  for (const auto& row : recorded_rows("moment")) {
    INFO(row.dump());
    const auto instant = parse_date(row["date"].get<std::string>());
    REQUIRE(instant);
    const auto zone = zone_offset(row["tz"].get<std::string>(), *instant / 1000);
    CHECK(
        format_moment(
            *instant, row["format"].get<std::string>(), zone.value_or(ZoneOffset{0, ""})) ==
        row["expected"].get<std::string>());
  }
}

TEST_CASE("moment: dates and clock times in their lengths", "[builtin]") {
  CHECK(formatted("YYYYMMDD-HHmmss.SSS") == "20260304-050607.089");
  CHECK(formatted("Do MMM YY, dddd, h:m A") == "4th Mar 26, Wednesday, 5:6 AM");
  CHECK(formatted("DDDD Q d E X x") == "063 1 3 3 1772600767 1772600767089");
  CHECK(formatted("L LT | LLLL") == "03/04/2026 5:06 AM | Wednesday, March 4, 2026 5:06 AM");
  CHECK(formatted("") == "2026-03-04T05:06:07Z");
}

TEST_CASE("moment: text in brackets or behind a backslash is kept", "[builtin]") {
  CHECK(formatted("[at] H[h]") == "at 5h");
  CHECK(formatted("\\YYYYY [") == "YYYYY [");
  CHECK(formatted("HH\\:mm") == "05:06");
  CHECK(formatted("[a]b]c") == "a]bc");
}

TEST_CASE("moment: weeks belong to the year most of their days are in", "[builtin]") {
  const Instant last_of_2024 = *parse_date("2024-12-31T12:00:00Z");
  CHECK(formatted("GGGG-[W]WW-E", last_of_2024) == "2025-W01-2");
  const Instant first_of_2021 = *parse_date("2021-01-01");
  CHECK(formatted("GGGG-WW gggg-ww", first_of_2021) == "2020-53 2021-01");
}

TEST_CASE("moment: zones shift the clock and name themselves", "[builtin]") {
  CHECK(
      format_moment(moment_in_march, "HH:mm Z ZZ z", {-5 * 3600, "EST"}) ==
      "00:06 -05:00 -0500 EST");
  CHECK(zone_offset("utc", 0)->abbreviation == "UTC");
  CHECK_FALSE(zone_offset("Nope/Nope", 0));
  CHECK_FALSE(zone_offset("../../etc/passwd", 0));
  if (const auto tokyo = zone_offset("asia_tokyo", 0)) CHECK(tokyo->seconds == 9 * 3600);
}

TEST_CASE("moment: reads the dates that events and git write", "[builtin]") {
  CHECK(parse_date("2026-03-04T05:06:07.089Z") == moment_in_march);
  CHECK(parse_date("2026-03-04T06:06:07.089+01:00") == moment_in_march);
  CHECK(parse_date("\"2026-03-04 06:06:07 +0100\"") == moment_in_march - 89);
  CHECK(iso_text(moment_in_march) == "2026-03-04T05:06:07.089Z");
  CHECK(iso_text(-1) == "1969-12-31T23:59:59.999Z");
  for (const char* text : {"", "x", "2026-13-01", "2026-02-30", "2026-03-04T05", "2026-03-04Tx"}) {
    INFO(text);
    CHECK_FALSE(parse_date(text));
  }
}
