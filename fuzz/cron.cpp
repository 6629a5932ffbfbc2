// Schedules against a walk over every minute: the next time is the first one that matches.
#include "workflow/trigger/cron.hpp"

#include "fuzz/oracle.hpp"

#include "workflow/trigger/cron_words.hpp"

using namespace crun::workflow;
using crun::fuzz::require;

namespace {

constexpr int longest_walk = 20'000;  // two weeks

CalendarMinute after(CalendarMinute time) {
  if (++time.minute < 60) return time;
  time.minute = 0;
  if (++time.hour < 24) return time;
  time.hour = 0;
  if (++time.day <= days_in_month(time.year, time.month)) return time;
  time.day = 1;
  if (++time.month <= 12) return time;
  time.month = 1;
  ++time.year;
  return time;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 4) return 0;
  CalendarMinute start{1999 + data[0] % 60, 1 + data[1] % 12, 1, data[2] % 24, data[3] % 60};
  start.day = 1 + data[3] % days_in_month(start.year, start.month);
  const std::string text(crun::fuzz::text_of(data + 4, size - 4));
  try {
    const auto cron = Cron::parse(text);
    require(!cron_in_words(text).empty(), "it can be said in words", text);
    cron.too_often();
    const auto next = cron.next_after(start);
    if (next) require(*next > start && cron.matches(*next), "the next time matches", text);
    auto time = after(start);
    for (int i = 0; i < longest_walk && (!next || time < *next); ++i, time = after(time)) {
      require(!cron.matches(time), "none before the next time matches", text);
    }
  } catch (const CronError&) {
  }
  return 0;
}
