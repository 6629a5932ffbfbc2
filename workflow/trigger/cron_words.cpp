#include "workflow/trigger/cron_words.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <functional>
#include <vector>

#include <fmt/format.h>

#include "workflow/trigger/calendar.hpp"

namespace crun::workflow {

namespace {

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  std::string part;
  for (const char c : text) {
    if (c != separator) {
      part += c;
    } else if (separator != ' ' || !part.empty()) {
      parts.push_back(std::move(part));
      part.clear();
    }
  }
  parts.push_back(std::move(part));
  return parts;
}

bool is_number(const std::string& text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return std::isdigit(c) != 0;
  });
}

/// "a", "a and b", "a, b and c".
std::string listed(const std::vector<std::string>& items) {
  std::string out;
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (i > 0) out += i + 1 == items.size() ? " and " : ", ";
    out += items[i];
  }
  return out;
}

/// A field as written: terms between commas, each `*`, a value or a range, and maybe a step.
struct Term {
  std::string first, last, step;  // `*`: no first; a single value: no last

  bool any() const { return first.empty(); }
  bool single() const { return !any() && last.empty() && step.empty(); }
};

using Field = std::vector<Term>;

Field field_of(const std::string& text) {
  Field field;
  for (const auto& part : split(text, ',')) {
    const auto sides = split(part, '/');
    const auto ends = split(sides[0], '-');
    Term term;
    if (sides.size() > 1) term.step = sides[1];
    if (ends[0] != "*") term.first = ends[0];
    if (ends.size() > 1) term.last = ends[1];
    if (term.step == "1" && term.any()) term.step.clear();
    field.push_back(std::move(term));
  }
  return field;
}

bool every(const Field& field) {
  return field.size() == 1 && field[0].any() && field[0].step.empty();
}
bool single(const Field& field) {
  return field.size() == 1 && field[0].single();
}
bool stepped(const Field& field) {
  return field.size() == 1 && field[0].any() && !field[0].step.empty();
}
bool all_single(const Field& field) {
  return std::all_of(field.begin(), field.end(), [](const Term& term) { return term.single(); });
}

using Naming = std::function<std::string(const std::string&)>;

/// "5, 10 and 20 through 30".
std::string values(const Field& field, const Naming& name, std::string_view unit) {
  std::vector<std::string> items;
  for (const auto& term : field) {
    std::string text = term.any() ? "" : name(term.first);
    if (!term.last.empty()) text += fmt::format(" through {}", name(term.last));
    if (!term.step.empty()) {
      const auto from = term.any() ? "" : term.last.empty() ? " from " + text : ", " + text;
      text = fmt::format("every {} {}{}", term.step, unit, from);
    }
    items.push_back(std::move(text));
  }
  return listed(items);
}

std::string as_written(const std::string& value) {
  const auto digit = value.find_first_not_of('0');
  return digit == std::string::npos ? "0" : value.substr(digit);
}

std::string clock(const std::string& hour, const std::string& minute) {
  return fmt::format("{:0>2}:{:0>2}", as_written(hour), as_written(minute));
}

template <std::size_t size>
std::string named(
    const std::string& value, const std::array<std::string_view, size>& names, int first) {
  if (is_number(value)) {
    const auto place = static_cast<std::size_t>(std::stoi(value) - first);
    return std::string(names[std::min(place, size - 1)]);
  }
  const auto begins = [&](std::string_view name) {
    return std::equal(value.begin(), value.end(), name.begin(), [](char left, char right) {
      return std::tolower(static_cast<unsigned char>(left)) ==
             std::tolower(static_cast<unsigned char>(right));
    });
  };
  const auto found = std::find_if(names.begin(), names.end(), begins);
  return found == names.end() ? value : std::string(*found);
}

std::string minutes_in_words(const Field& minutes) {
  if (every(minutes)) return "every minute";
  if (stepped(minutes)) return fmt::format("every {} minutes", minutes[0].step);
  if (all_single(minutes)) {
    const auto text = values(minutes, as_written, "minutes");
    return fmt::format("at {} {} past the hour", text, text == "1" ? "minute" : "minutes");
  }
  return fmt::format("minutes {} past the hour", values(minutes, as_written, "minutes"));
}

std::string hours_in_words(const Field& hours, bool to_the_end) {
  if (stepped(hours)) return fmt::format("every {} hours", hours[0].step);
  const bool range = hours.size() == 1 && hours[0].step.empty() && !hours[0].any();
  if (range) {
    const auto& last = hours[0].last.empty() ? hours[0].first : hours[0].last;
    const auto* minute = to_the_end ? "59" : "00";
    return fmt::format("between {} and {}", clock(hours[0].first, "0"), clock(last, minute));
  }
  const auto name = [](const std::string& hour) { return clock(hour, "0"); };
  return fmt::format("in the hours {}", values(hours, name, "hours"));
}

std::string time_in_words(const Field& minutes, const Field& hours) {
  const bool at_full = single(minutes) && as_written(minutes[0].first) == "0";
  if (single(minutes) && all_single(hours)) {
    const auto name = [&](const std::string& hour) { return clock(hour, minutes[0].first); };
    return "at " + values(hours, name, "hours");
  }
  if (at_full && every(hours)) return "every hour";
  if (at_full && stepped(hours)) return fmt::format("every {} hours", hours[0].step);
  const auto beginning = at_full ? "every hour" : minutes_in_words(minutes);
  if (every(hours)) return beginning;
  return fmt::format("{}, {}", beginning, hours_in_words(hours, !single(minutes)));
}

std::string days_in_words(const Field& days, const Field& of_week) {
  std::string text;
  if (stepped(days)) {
    text = fmt::format(", every {} days", days[0].step);
  } else if (!every(days)) {
    text = fmt::format(", on day {} of the month", values(days, as_written, "days"));
  }
  if (every(of_week)) return text;
  // Where both are restricted either is enough.
  const auto name = [](const std::string& value) { return named(value, weekdays, 0); };
  const auto words = values(of_week, name, "days of the week");
  if (!every(days)) return fmt::format("{}{} on {}", text, ", or", words);
  const bool range = of_week.size() == 1 && !of_week[0].last.empty() && of_week[0].step.empty();
  if (range || !of_week[0].step.empty()) return fmt::format(", {}", words);
  return fmt::format(", only on {}", words);
}

std::string months_in_words(const Field& field) {
  if (every(field)) return {};
  if (stepped(field)) return fmt::format(", every {} months", field[0].step);
  const auto name = [](const std::string& value) { return named(value, months, 1); };
  const auto words = values(field, name, "months");
  const bool range = field.size() == 1 && !field[0].last.empty();
  return range ? fmt::format(", {}", words) : fmt::format(", only in {}", words);
}

}  // namespace

std::string cron_in_words(std::string_view cron) {
  const auto parts = split(cron, ' ');
  if (parts.size() != 5) return {};
  std::array<Field, 5> fields;
  for (std::size_t i = 0; i < fields.size(); ++i) fields[i] = field_of(parts[i]);
  return time_in_words(fields[0], fields[1]) + days_in_words(fields[2], fields[4]) +
         months_in_words(fields[3]);
}

}  // namespace crun::workflow
