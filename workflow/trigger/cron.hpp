// The five fields of `schedule`, and when they come round next: calendar arithmetic without a
// clock.
#pragma once

#include <array>
#include <bitset>
#include <compare>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

namespace crun::workflow {

/// A minute of the proleptic Gregorian calendar, in whatever time zone the schedule is meant.
struct CalendarMinute {
  int year = 1970;
  int month = 1;  // 1..12
  int day = 1;    // 1..31
  int hour = 0;
  int minute = 0;

  auto operator<=>(const CalendarMinute&) const = default;
};

/// 0 is Sunday.
int day_of_week(int year, int month, int day);
int days_in_month(int year, int month);

/// what() names the field and what is wrong with it.
struct CronError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// GitHub's dialect: numbers, names of months and weekdays, `*`, `,`, `-`, `/`. No seconds, no
/// `@daily`, no `?`, `L`, `W` or `#`, and Sunday is 0 only.
class Cron {
 public:
  /// Throws CronError.
  static Cron parse(std::string_view text);

  bool matches(const CalendarMinute& time) const;
  /// The first minute after this one; nothing if there is none, as for the 31st of February.
  std::optional<CalendarMinute> next_after(const CalendarMinute& time) const;
  /// Are two runs less than five minutes apart? GitHub does not run them that often.
  bool too_often() const;

 private:
  bool matches_day(int year, int month, int day) const;

  std::bitset<60> minutes_;
  std::bitset<24> hours_;
  std::bitset<32> days_;    // 1..31
  std::bitset<13> months_;  // 1..12
  std::bitset<7> weekdays_;
  bool any_day_ = false;  // written as `*`
  bool any_weekday_ = false;
  int minute_step_ = 0;  // of `*/5`: the distance that is meant, also over the end of the hour
};

}  // namespace crun::workflow
