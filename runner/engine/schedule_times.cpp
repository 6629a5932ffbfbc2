#include "runner/engine/schedule_times.hpp"

#include <array>
#include <cstdint>
#include <ctime>
#include <optional>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "executor/builtin/metadata/time_zone.hpp"
#include "workflow/trigger/cron.hpp"
#include "workflow/trigger/cron_words.hpp"

namespace crun::runner {

using workflow::CalendarMinute;

namespace {

constexpr std::array<std::string_view, 7> weekdays = {
    "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};

std::string zone_of(const workflow::Schedule& schedule) {
  return schedule.timezone.empty() ? "UTC" : schedule.timezone;
}

/// What the clocks of the zone show.
std::optional<CalendarMinute> wall_clock(
    std::chrono::system_clock::time_point now, const std::string& zone) {
  const std::int64_t instant = std::chrono::system_clock::to_time_t(now);
  const auto offset = executor::builtin::zone_offset(zone, instant);
  if (!offset) return std::nullopt;
  const auto shifted = static_cast<std::time_t>(instant + offset->seconds);
  std::tm fields{};
  if (!::gmtime_r(&shifted, &fields)) return std::nullopt;
  return CalendarMinute{
      fields.tm_year + 1900, fields.tm_mon + 1, fields.tm_mday, fields.tm_hour, fields.tm_min};
}

std::string shown(const CalendarMinute& time) {
  const auto day = workflow::day_of_week(time.year, time.month, time.day);
  return fmt::format(
      "{} {:04}-{:02}-{:02} {:02}:{:02}",
      weekdays[static_cast<std::size_t>(day)],
      time.year,
      time.month,
      time.day,
      time.hour,
      time.minute);
}

}  // namespace

std::vector<std::string> next_times(
    const workflow::Schedule& schedule, std::chrono::system_clock::time_point now, int count) {
  std::vector<std::string> times;
  try {
    const auto cron = workflow::Cron::parse(schedule.cron);
    auto time = wall_clock(now, zone_of(schedule));
    for (int i = 0; time && i < count; ++i) {
      time = cron.next_after(*time);
      if (time) times.push_back(shown(*time));
    }
  } catch (const workflow::CronError&) {  // the lint tells it with its place
  }
  return times;
}

std::string told_schedule(
    const workflow::Schedule& schedule, std::chrono::system_clock::time_point now, int count) {
  const auto times = next_times(schedule, now, count);
  return fmt::format(
      "{} ({}, {}){}",
      workflow::cron_in_words(schedule.cron),
      schedule.cron,
      zone_of(schedule),
      times.empty() ? "" : fmt::format("; next {}", fmt::join(times, ", ")));
}

}  // namespace crun::runner
