// A format is cut into tokens by one greedy rule; everything that is no token stays as it is,
// except line breaks, which the original's rule does not see and so drops.

#include "executor/builtin/metadata/moment.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdlib>
#include <utility>

#include <fmt/format.h>

#include "workflow/trigger/calendar.hpp"

namespace crun::executor::builtin {

namespace {

using std::chrono::days;
using std::chrono::sys_days;
using std::chrono::year_month_day;

/// Calendar and clock of an instant in a zone.
struct Fields {
  sys_days date;
  int year, month, day, hour, minute, second, millisecond;
  int weekday;      // 0 is Sunday
  int day_of_year;  // from 1
};

int year_of(sys_days date) {
  return static_cast<int>(year_month_day(date).year());
}

int day_of_year(sys_days date) {
  const sys_days first(year_month_day(date).year() / 1 / 1);
  return static_cast<int>((date - first).count()) + 1;
}

Fields fields_of(Instant instant, int offset_seconds) {
  const std::chrono::sys_time<std::chrono::milliseconds> local{
      std::chrono::milliseconds(instant + Instant{offset_seconds} * 1000)};
  const auto date = std::chrono::floor<days>(local);
  const year_month_day calendar(date);
  const std::chrono::hh_mm_ss clock(local - date);
  Fields result{};
  result.date = date;
  result.year = static_cast<int>(calendar.year());
  result.month = static_cast<int>(static_cast<unsigned>(calendar.month()));
  result.day = static_cast<int>(static_cast<unsigned>(calendar.day()));
  result.hour = static_cast<int>(clock.hours().count());
  result.minute = static_cast<int>(clock.minutes().count());
  result.second = static_cast<int>(clock.seconds().count());
  result.millisecond = static_cast<int>(clock.subseconds().count());
  result.weekday = static_cast<int>(std::chrono::weekday(date).c_encoding());
  result.day_of_year = day_of_year(date);
  return result;
}

struct Week {
  int year, number;
};

/// A week belongs to the year of one of its days: Thursday in ISO weeks, Saturday in American ones.
Week week_of(const Fields& fields, bool iso) {
  const int days_to_decider = iso ? 3 - (fields.weekday + 6) % 7 : 6 - fields.weekday;
  const sys_days decider = fields.date + days(days_to_decider);
  return {year_of(decider), (day_of_year(decider) - 1) / 7 + 1};
}

std::string padded(std::int64_t number, int width, bool sign = false) {
  const std::string digits = fmt::format("{:0{}}", std::abs(number), width);
  if (number < 0) return "-" + digits;
  return sign ? "+" + digits : digits;
}

std::string ordinal(int number) {
  const int last = number % 10;
  const bool teen = number % 100 / 10 == 1;
  const char* ending = teen || last == 0 || last > 3 ? "th"
                       : last == 1                   ? "st"
                       : last == 2                   ? "nd"
                                                     : "rd";
  return fmt::format("{}{}", number, ending);
}

std::string offset_text(int seconds, std::string_view colon) {
  const int minutes = std::abs(seconds) / 60;
  return fmt::format("{}{:02}{}{:02}", seconds < 0 ? '-' : '+', minutes / 60, colon, minutes % 60);
}

/// The long formats, which stand for other formats.
std::string_view long_format(std::string_view token) {
  static constexpr std::pair<std::string_view, std::string_view> formats[] = {
      {"LTS", "h:mm:ss A"},
      {"LT", "h:mm A"},
      {"LLLL", "dddd, MMMM D, YYYY h:mm A"},
      {"LLL", "MMMM D, YYYY h:mm A"},
      {"LL", "MMMM D, YYYY"},
      {"L", "MM/DD/YYYY"},
      {"llll", "ddd, MMM D, YYYY h:mm A"},
      {"lll", "MMM D, YYYY h:mm A"},
      {"ll", "MMM D, YYYY"},
      {"l", "M/D/YYYY"}};
  for (const auto& [name, format] : formats) {
    if (token.starts_with(name)) return token.size() == name.size() ? format : std::string_view{};
  }
  return {};
}

/// Length of `[literal]` at the start: up to the last `]` before the next `[`. 0 when there is
/// none.
std::size_t bracketed_length(std::string_view text) {
  if (!text.starts_with('[')) return 0;
  const std::size_t next = std::min(text.find('[', 1), text.size());
  const std::size_t close = text.substr(0, next).rfind(']');
  return close == std::string_view::npos ? 0 : close + 1;
}

std::size_t long_format_length(std::string_view text) {
  for (const std::string_view token : {"LTS", "LT"}) {
    if (text.starts_with(token)) return token.size();
  }
  for (const char c : {'L', 'l'}) {
    const std::size_t run =
        std::min(std::min(text.find_first_not_of(c), text.size()), std::size_t{4});
    if (run > 0) return run;
  }
  return 0;
}

std::string expand_long_formats(std::string_view format) {
  std::string result;
  while (!format.empty()) {
    std::size_t length = bracketed_length(format);
    if (length == 0 && format.starts_with('\\')) {
      const std::size_t escaped = long_format_length(format.substr(1));
      length = escaped > 0 ? escaped + 1 : 1;
    }
    if (length == 0) {
      length = long_format_length(format);
      if (length > 0) {
        result += long_format(format.substr(0, length));
        format.remove_prefix(length);
        continue;
      }
      length = 1;
    }
    result += format.substr(0, length);
    format.remove_prefix(length);
  }
  return result;
}

/// Length of the token at the start, at least 1; the first that fits in the original's order.
std::size_t token_length(std::string_view text) {
  static constexpr std::string_view tokens[] = {
      "Hmmss", "Hmm",  "hmmss",  "hmm",   "Mo",   "MMMM", "MMM",  "MM",  "M",     "Do",   "DDDo",
      "DDDD",  "DDD",  "DD",     "D",     "dddd", "ddd",  "dd",   "do",  "d",     "wo",   "ww",
      "w|",    "w",    "Wo",     "WW",    "W|",   "W",    "Qo",   "Q",   "NNNNN", "NNNN", "NNN",
      "NN",    "N",    "YYYYYY", "YYYYY", "YYYY", "YY",   "yyyy", "yyy", "yy",    "yo",   "y",
      "ggggg", "gggg", "gg",     "GGGGG", "GGGG", "GG",   "hh",   "h",   "HH",    "H",    "kk",
      "k",     "mm",   "m",      "ss",    "s",    "zz",   "z",    "ZZ",  "Z"};
  for (const std::string_view token : tokens) {
    if (text.starts_with(token)) return token.size();
  }
  const std::size_t fraction = std::min(text.find_first_not_of('S'), text.size());
  return std::clamp<std::size_t>(fraction, 1, 9);
}

/// Expands the tokens of one instant.
class Formatter {
 public:
  Formatter(Instant instant, const ZoneOffset& zone)
      : instant_(instant), zone_(zone), at_(fields_of(instant, zone.seconds)) {}

  std::string format(std::string_view text) const {
    std::string result;
    while (!text.empty()) {
      if (const std::size_t literal = bracketed_length(text)) {
        result += text.substr(1, literal - 2);
        text.remove_prefix(literal);
        continue;
      }
      if (text.starts_with('\\') && text.size() > 1) {
        const std::size_t length = token_length(text.substr(1));
        if (text[1] != '\\') result += text.substr(1, length);
        text.remove_prefix(1 + length);
        continue;
      }
      const std::size_t length = token_length(text);
      result += expand(text.substr(0, length));
      text.remove_prefix(length);
    }
    return result;
  }

 private:
  std::string expand(std::string_view token) const {
    switch (token[0]) {
      case 'Y':
      case 'y':
      case 'N':
      case 'g':
      case 'G':
        return year(token);
      case 'M':
      case 'Q':
      case 'D':
        return month_and_day(token);
      case 'd':
      case 'e':
      case 'E':
      case 'w':
      case 'W':
        return week(token);
      case 'H':
      case 'h':
      case 'k':
      case 'm':
      case 's':
      case 'S':
      case 'a':
      case 'A':
        return clock(token);
      case 'x':
        return fmt::format("{}", instant_);
      case 'X':
        return fmt::format(
            "{}",
            std::chrono::floor<std::chrono::seconds>(std::chrono::milliseconds(instant_)).count());
      case 'z':
        return zone_.abbreviation;
      case 'Z':
        return offset_text(zone_.seconds, token == "Z" ? ":" : "");
      case '\\':
      case '\n':
      case '\r':
        return {};
      default:
        return std::string(token);
    }
  }

  std::string year(std::string_view token) const {
    const int width = static_cast<int>(token.size());
    if (token[0] == 'Y') {
      if (width == 1) return at_.year <= 9999 ? padded(at_.year, 4) : fmt::format("+{}", at_.year);
      if (width == 2) return padded(at_.year % 100, 2);
      return padded(at_.year, width, width == 6);
    }
    const bool common_era = at_.year > 0;
    if (token[0] == 'N') {
      if (width == 4) return common_era ? "Anno Domini" : "Before Christ";
      return common_era ? "AD" : "BC";
    }
    if (token[0] == 'y') {
      const int era_year = common_era ? at_.year : 1 - at_.year;
      return token == "yo" ? ordinal(era_year) : padded(era_year, width);
    }
    if (width == 1) return std::string(token);
    const int week_year = week_of(at_, token[0] == 'G').year;
    return width == 2 ? padded(week_year % 100, 2) : padded(week_year, width);
  }

  std::string month_and_day(std::string_view token) const {
    const int width = static_cast<int>(token.size());
    if (token[0] == 'M') {
      const std::string_view name = workflow::months[static_cast<std::size_t>(at_.month - 1)];
      if (token == "Mo") return ordinal(at_.month);
      if (width == 4) return std::string(name);
      if (width == 3) return std::string(name.substr(0, 3));
      return padded(at_.month, width);
    }
    if (token[0] == 'Q') {
      const int quarter = (at_.month + 2) / 3;
      return token == "Qo" ? ordinal(quarter) : padded(quarter, 1);
    }
    if (token == "Do") return ordinal(at_.day);
    if (token == "DDDo") return ordinal(at_.day_of_year);
    if (width >= 3) return padded(at_.day_of_year, width == 4 ? 3 : 1);
    return padded(at_.day, width);
  }

  std::string week(std::string_view token) const {
    const int width = static_cast<int>(token.size());
    if (token[0] == 'd') {
      const std::string_view name = workflow::weekdays[static_cast<std::size_t>(at_.weekday)];
      if (token == "do") return ordinal(at_.weekday);
      if (width == 1) return padded(at_.weekday, 1);
      return std::string(width == 4 ? name : name.substr(0, token.size()));
    }
    if (token == "e") return padded(at_.weekday, 1);
    if (token == "E") return padded(at_.weekday == 0 ? 7 : at_.weekday, 1);
    if (token.ends_with('|')) return std::string(token);
    const int number = week_of(at_, token[0] == 'W').number;
    return token.ends_with('o') ? ordinal(number) : padded(number, width);
  }

  std::string clock(std::string_view token) const {
    const int half_day_hour = at_.hour % 12 == 0 ? 12 : at_.hour % 12;
    const int width = static_cast<int>(token.size());
    switch (token[0]) {
      case 'a':
        return at_.hour < 12 ? "am" : "pm";
      case 'A':
        return at_.hour < 12 ? "AM" : "PM";
      case 'm':
        return padded(at_.minute, width);
      case 's':
        return padded(at_.second, width);
      case 'k':
        return padded(at_.hour == 0 ? 24 : at_.hour, width);
      case 'S':
        return fmt::format("{:03}000000", at_.millisecond).substr(0, token.size());
      default:
        break;
    }
    const int hour = token[0] == 'H' ? at_.hour : half_day_hour;
    if (width <= 2) return padded(hour, width);
    std::string result = fmt::format("{}{:02}", hour, at_.minute);
    if (width == 5) result += padded(at_.second, 2);
    return result;
  }

  Instant instant_;
  const ZoneOffset& zone_;
  Fields at_;
};

/// Reads digits and separators from the front of a text.
class DateReader {
 public:
  explicit DateReader(std::string_view text) : text_(text) {}

  std::optional<int> digits(std::size_t count) {
    if (text_.size() < count ||
        text_.substr(0, count).find_first_not_of("0123456789") != std::string_view::npos) {
      return std::nullopt;
    }
    int value = 0;
    std::from_chars(text_.data(), text_.data() + count, value);
    text_.remove_prefix(count);
    return value;
  }

  bool take(char c) {
    if (!text_.starts_with(c)) return false;
    text_.remove_prefix(1);
    return true;
  }

  /// The digits behind the point, cut to milliseconds.
  int fraction() {
    int value = 0, unit = 100;
    while (!text_.empty() && text_[0] >= '0' && text_[0] <= '9') {
      value += (text_[0] - '0') * unit;
      unit /= 10;
      text_.remove_prefix(1);
    }
    return value;
  }

  bool done() const { return text_.empty(); }

 private:
  std::string_view text_;
};

}  // namespace

Instant current_instant() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

std::optional<Instant> parse_date(std::string_view text) {
  if (text.size() > 1 && text.starts_with('"') && text.ends_with('"')) {
    text = text.substr(1, text.size() - 2);
  }
  DateReader reader(text);
  const auto year = reader.digits(4);
  if (!year || !reader.take('-')) return std::nullopt;
  const auto month = reader.digits(2);
  if (!month || !reader.take('-')) return std::nullopt;
  const auto day = reader.digits(2);
  if (!day) return std::nullopt;
  const year_month_day date = std::chrono::year(*year) / *month / *day;
  if (!date.ok()) return std::nullopt;
  const Instant midnight = Instant{sys_days(date).time_since_epoch().count()} * 86'400'000;
  if (reader.done()) return midnight;
  if (!reader.take('T') && !reader.take(' ')) return std::nullopt;
  const auto hour = reader.digits(2);
  if (!hour || !reader.take(':')) return std::nullopt;
  const auto minute = reader.digits(2);
  if (!minute) return std::nullopt;
  const auto second = reader.take(':') ? reader.digits(2) : std::optional(0);
  if (!second) return std::nullopt;
  const int milliseconds = reader.take('.') ? reader.fraction() : 0;
  Instant offset = 0;
  reader.take(' ');
  if (!reader.take('Z') && !reader.done()) {
    const bool west = reader.take('-');
    if (!west && !reader.take('+')) return std::nullopt;
    const auto hours = reader.digits(2);
    reader.take(':');
    const auto minutes = reader.digits(2);
    if (!hours || !minutes) return std::nullopt;
    offset = (*hours * 60 + *minutes) * (west ? -60'000 : 60'000);
  }
  if (!reader.done()) return std::nullopt;
  return midnight + ((*hour * 60 + *minute) * 60 + *second) * Instant{1000} + milliseconds - offset;
}

std::string iso_text(Instant instant) {
  return Formatter(instant, ZoneOffset{}).format("YYYY-MM-DD[T]HH:mm:ss.SSS[Z]");
}

std::string format_moment(Instant instant, std::string_view format, const ZoneOffset& zone) {
  if (format.empty()) {
    format = zone.seconds == 0 ? "YYYY-MM-DDTHH:mm:ss[Z]" : "YYYY-MM-DDTHH:mm:ssZ";
  }
  return Formatter(instant, zone).format(expand_long_formats(format));
}

}  // namespace crun::executor::builtin
