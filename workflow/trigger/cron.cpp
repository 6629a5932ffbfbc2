#include "workflow/trigger/cron.hpp"

#include <algorithm>
#include <cctype>
#include <span>
#include <vector>

#include <fmt/format.h>

namespace crun::workflow {

namespace {

struct Field {
  std::string_view name;
  int first;
  int last;
  std::span<const std::string_view> names;  // of first, first + 1, ...
};

constexpr std::array<std::string_view, 12> month_names = {
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"};
constexpr std::array<std::string_view, 7> weekday_names = {
    "sun", "mon", "tue", "wed", "thu", "fri", "sat"};

const std::array<Field, 5>& fields() {
  static const std::array<Field, 5> all = {
      {{"minute", 0, 59, {}},
       {"hour", 0, 23, {}},
       {"day of the month", 1, 31, {}},
       {"month", 1, 12, month_names},
       {"day of the week", 0, 6, weekday_names}}};
  return all;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (;;) {
    const auto at = text.find(separator);
    parts.push_back(text.substr(0, at));
    if (at == std::string_view::npos) return parts;
    text.remove_prefix(at + 1);
  }
}

/// What one field allows.
struct Values {
  std::bitset<64> set;
  bool any = false;  // `*` alone
  int step = 0;      // of a single `*/n`
};

class FieldReader {
 public:
  explicit FieldReader(const Field& field) : field_(field) {}

  Values read(std::string_view text) const {
    Values values;
    values.any = text == "*";
    const auto terms = split(text, ',');
    for (const auto term : terms) {
      const int step = read_term(term, values.set);
      if (terms.size() == 1) values.step = step;
    }
    return values;
  }

 private:
  [[noreturn]] void refuse(std::string_view text, std::string_view why) const {
    throw CronError(fmt::format("'{}' in the {}: {}", text, field_.name, why));
  }

  // Adds what the term allows; the step, or 0 if none is written.
  int read_term(std::string_view term, std::bitset<64>& set) const {
    if (term.empty()) refuse(term, "there is nothing before or behind a comma");
    const auto parts = split(term, '/');
    if (parts.size() > 2) refuse(term, "more than one '/'");
    const int step = parts.size() == 2 ? read_step(parts[1]) : 0;
    auto [first, last] = read_range(parts[0]);
    const bool single = parts[0].find_first_of("*-") == std::string_view::npos;
    if (step > 0 && single) last = field_.last;  // 5/10 is 5-59/10
    for (int value = first; value <= last; value += std::max(step, 1)) set.set(value);
    return step;
  }

  std::pair<int, int> read_range(std::string_view text) const {
    if (text == "*") return {field_.first, field_.last};
    const auto ends = split(text, '-');
    if (ends.size() > 2) refuse(text, "a range has one '-'");
    const int first = read_value(ends.front());
    const int last = read_value(ends.back());
    if (first > last) refuse(text, "the range ends before it begins");
    return {first, last};
  }

  static std::optional<int> number(std::string_view text) {
    int value = 0;
    for (const char c : text) {
      if (c < '0' || c > '9') return std::nullopt;
      value = std::min(value * 10 + (c - '0'), 100'000);
    }
    return text.empty() ? std::nullopt : std::optional(value);
  }

  int read_step(std::string_view text) const {
    const auto step = number(text);
    if (!step) refuse(text, "a step is a number");
    if (*step == 0 || *step > field_.last) {
      refuse(text, fmt::format("a step is between 1 and {}", field_.last));
    }
    return *step;
  }

  int read_value(std::string_view text) const {
    std::string lower;
    for (const char c : text)
      lower += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    const auto name = std::find(field_.names.begin(), field_.names.end(), lower);
    if (name != field_.names.end()) {
      return field_.first + static_cast<int>(name - field_.names.begin());
    }
    const auto value = number(text);
    if (!value) {
      refuse(
          text,
          field_.names.empty() ? "not a number" : "neither a number nor a name of three letters");
    }
    if (*value < field_.first || *value > field_.last) {
      refuse(text, fmt::format("it goes from {} to {}", field_.first, field_.last));
    }
    return *value;
  }

  const Field& field_;
};

template <std::size_t size>
std::bitset<size> narrowed(const std::bitset<64>& set) {
  std::bitset<size> out;
  for (std::size_t i = 0; i < size; ++i) out[i] = set[i];
  return out;
}

// The first value of the set from `from` on, or -1.
template <std::size_t size>
int first_from(const std::bitset<size>& set, int from) {
  for (auto value = static_cast<std::size_t>(from); value < size; ++value) {
    if (set[value]) return static_cast<int>(value);
  }
  return -1;
}

bool is_leap(int year) {
  return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

}  // namespace

int days_in_month(int year, int month) {
  constexpr std::array<int, 12> days = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return month == 2 && is_leap(year) ? 29 : days[static_cast<std::size_t>(month - 1)];
}

int day_of_week(int year, int month, int day) {
  // January and February belong to the year before, so that leap days come last.
  constexpr std::array<int, 12> shift = {0, 3, 2, 5, 0, 3, 5, 1, 4, 6, 2, 4};
  if (month < 3) --year;
  return (year + year / 4 - year / 100 + year / 400 + shift[static_cast<std::size_t>(month - 1)] +
          day) %
         7;
}

Cron Cron::parse(std::string_view text) {
  if (text.starts_with('@')) {
    throw CronError(
        fmt::format("'{}': GitHub knows no names for schedules, only five fields", text));
  }
  std::vector<std::string_view> parts;
  for (const auto part : split(text, ' ')) {
    if (!part.empty()) parts.push_back(part);
  }
  const bool padded = text.starts_with(' ') || text.ends_with(' ');
  if (parts.size() != fields().size() || padded) {
    throw CronError(fmt::format(
        "{} fields and no blanks around them are wanted (minute hour day month weekday), not '{}'",
        fields().size(),
        text));
  }
  std::array<Values, 5> values;
  for (std::size_t i = 0; i < values.size(); ++i)
    values[i] = FieldReader(fields()[i]).read(parts[i]);
  Cron cron;
  cron.minutes_ = narrowed<60>(values[0].set);
  cron.hours_ = narrowed<24>(values[1].set);
  cron.days_ = narrowed<32>(values[2].set);
  cron.months_ = narrowed<13>(values[3].set);
  cron.weekdays_ = narrowed<7>(values[4].set);
  cron.any_day_ = values[2].any;
  cron.any_weekday_ = values[4].any;
  cron.minute_step_ = values[0].step;
  return cron;
}

// Where both days are restricted either is enough, as in every cron.
bool Cron::matches_day(int year, int month, int day) const {
  if (!months_[static_cast<std::size_t>(month)]) return false;
  const bool by_day = days_[static_cast<std::size_t>(day)];
  const bool by_weekday = weekdays_[static_cast<std::size_t>(day_of_week(year, month, day))];
  if (any_day_ || any_weekday_) return by_day && by_weekday;
  return by_day || by_weekday;
}

bool Cron::matches(const CalendarMinute& time) const {
  return minutes_[static_cast<std::size_t>(time.minute)] &&
         hours_[static_cast<std::size_t>(time.hour)] &&
         matches_day(time.year, time.month, time.day);
}

std::optional<CalendarMinute> Cron::next_after(const CalendarMinute& time) const {
  // Of this day, what is left of it; of every other, its first run.
  int minute = time.minute + 1;
  int hour = time.hour;
  // 29 February on a given weekday comes round within 40 years at the most.
  constexpr int years = 41;
  for (int year = time.year; year < time.year + years; ++year) {
    for (int month = year == time.year ? time.month : 1; month <= 12; ++month) {
      const bool this_month = year == time.year && month == time.month;
      for (int day = this_month ? time.day : 1; day <= days_in_month(year, month); ++day) {
        const bool today = this_month && day == time.day;
        if (!today) hour = minute = 0;
        if (!matches_day(year, month, day)) continue;
        for (int at = first_from(hours_, hour); at >= 0; at = first_from(hours_, at + 1)) {
          const int found = first_from(minutes_, today && at == time.hour ? minute : 0);
          if (found >= 0) return CalendarMinute{year, month, day, at, found};
        }
      }
    }
  }
  return std::nullopt;
}

bool Cron::too_often() const {
  constexpr int shortest = 5;
  int last = -1;
  for (int minute = first_from(minutes_, 0); minute >= 0;
       minute = first_from(minutes_, minute + 1)) {
    if (last >= 0 && minute - last < shortest) return true;
    last = minute;
  }
  // Over the end of an hour, if the next one counts, too. `*/7` means seven minutes, though 56 and
  // 0 are closer.
  const bool wraps = minute_step_ == 0 && 60 - last + first_from(minutes_, 0) < shortest;
  for (std::size_t hour = 0; wraps && hour < hours_.size(); ++hour) {
    if (hours_[hour] && hours_[(hour + 1) % hours_.size()]) return true;
  }
  return false;
}

}  // namespace crun::workflow
