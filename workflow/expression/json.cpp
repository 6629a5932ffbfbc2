// The writer is two styles of one walk; the reader follows the leniency of the reader behind
// GitHub's fromJSON (Newtonsoft.Json), which no strict JSON library offers.
#include "workflow/expression/json.hpp"

#include <charconv>
#include <cmath>
#include <cstdint>

#include <fmt/format.h>

#include "workflow/source/unicode.hpp"

namespace crun::workflow {

namespace {

// The reader's own limit, and more than any event needs.
constexpr int deepest = 64;

class Writer {
 public:
  Writer(bool pretty, std::size_t limit) : pretty_(pretty), limit_(limit) {}

  void write(const Value& value) {
    switch (value.kind()) {
      case Value::Kind::null:
        text_ += "null";
        break;
      case Value::Kind::boolean:
        text_ += value.boolean() ? "true" : "false";
        break;
      case Value::Kind::number:
        write_number(value.number());
        break;
      case Value::Kind::string:
        write_string(value.string());
        break;
      case Value::Kind::array:
        write_items('[', value.array(), ']', [&](const Value& item) { write(item); });
        break;
      case Value::Kind::object:
        write_items('{', value.object(), '}', [&](const auto& member) {
          write_string(member.first);
          text_ += pretty_ ? ": " : ":";
          write(member.second);
        });
        break;
    }
    if (text_.size() > limit_) throw JsonError("the JSON text is too large");
  }

  std::string take() { return std::move(text_); }

 private:
  template <typename Items, typename WriteItem>
  void write_items(char open, const Items& items, char close, WriteItem write_item) {
    text_ += open;
    ++level_;
    bool first = true;
    for (const auto& item : items) {
      if (!first) text_ += ',';
      first = false;
      break_line();
      write_item(item);
    }
    --level_;
    if (!first) break_line();
    text_ += close;
  }

  void break_line() {
    if (!pretty_) return;
    text_ += '\n';
    text_.append(2 * level_, ' ');
  }

  void write_number(double number) {
    if (pretty_) {
      text_ += format_number(number);
    } else if (!std::isfinite(number)) {
      text_ += "null";
    } else if (number == std::trunc(number) && std::abs(number) < 1e21) {
      fmt::format_to(std::back_inserter(text_), "{:.0f}", number == 0 ? 0.0 : number);
    } else {
      fmt::format_to(std::back_inserter(text_), "{}", number);
    }
  }

  void write_string(std::string_view string) {
    text_ += '"';
    for (std::size_t at = 0; at < string.size(); ++at) {
      const auto byte = static_cast<unsigned char>(string[at]);
      if (const auto* escape = short_escape(byte)) {
        text_ += escape;
      } else if (byte < 0x20) {
        fmt::format_to(std::back_inserter(text_), "\\u{:04x}", byte);
      } else if (const auto* escaped = line_break(string.substr(at, 3))) {
        text_ += escaped;
        at += byte == 0xC2 ? 1 : 2;
      } else {
        text_ += string[at];
      }
    }
    text_ += '"';
  }

  static const char* short_escape(unsigned char byte) {
    switch (byte) {
      case '"':
        return "\\\"";
      case '\\':
        return "\\\\";
      case '\b':
        return "\\b";
      case '\f':
        return "\\f";
      case '\n':
        return "\\n";
      case '\r':
        return "\\r";
      case '\t':
        return "\\t";
      default:
        return nullptr;
    }
  }

  // Line breaks beyond ASCII are escaped too: U+0085, U+2028, U+2029.
  static const char* line_break(std::string_view start) {
    if (start.starts_with("\xC2\x85")) return "\\u0085";
    if (start.starts_with("\xE2\x80\xA8")) return "\\u2028";
    if (start.starts_with("\xE2\x80\xA9")) return "\\u2029";
    return nullptr;
  }

  bool pretty_;
  std::size_t limit_;
  std::size_t level_ = 0;
  std::string text_;
};

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {
    if (text_.starts_with("\xEF\xBB\xBF")) at_ = 3;
  }

  Value read() {
    skip_space();
    return read_value();
  }

 private:
  [[noreturn]] void fail(std::string_view what) const {
    int line = 1;
    std::size_t line_start = 0;
    const auto stop = std::min(at_, text_.size());
    for (std::size_t index = 0; index < stop; ++index) {
      if (text_[index] != '\n') continue;
      ++line;
      line_start = index + 1;
    }
    const auto column = 1 + utf16_length(text_.substr(line_start, stop - line_start));
    throw JsonError(fmt::format("{} at line {}, column {}", what, line, column));
  }

  [[noreturn]] void fail_here() const {
    fail(at_ < text_.size() ? "unexpected character" : "unexpected end of the text");
  }

  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }

  bool accept(char wanted) {
    if (at_ >= text_.size() || text_[at_] != wanted) return false;
    ++at_;
    return true;
  }

  void expect(char wanted) {
    skip_space();
    if (!accept(wanted)) fail_here();
  }

  void skip_space() {
    while (at_ < text_.size()) {
      const auto point = code_point(text_, at_);
      if (is_space(point.value)) {
        at_ += static_cast<std::size_t>(point.bytes);
      } else if (point.value == '/') {
        skip_comment();
      } else {
        return;
      }
    }
  }

  void skip_comment() {
    const auto rest = text_.substr(at_);
    const bool block = rest.starts_with("/*");
    if (!block && !rest.starts_with("//")) fail_here();
    const auto end = text_.find(block ? "*/" : "\n", at_ + 2);
    if (end == std::string_view::npos && block) fail("unclosed comment");
    at_ = end == std::string_view::npos ? text_.size() : end + (block ? 2 : 1);
  }

  Value read_value() {
    const char next = peek();
    if (next == '{') return read_object();
    if (next == '[') return read_array();
    if (next == '"' || next == '\'') return read_string();
    if ((next >= '0' && next <= '9') || next == '.' || next == '-') return read_number();
    return read_word();
  }

  Value read_object() {
    enter();
    Object object;
    while (true) {
      skip_space();
      if (accept('}')) break;
      auto name = read_name();
      expect(':');
      skip_space();
      object.set(std::move(name), read_value());
      skip_space();
      if (accept('}')) break;
      expect(',');
    }
    --level_;
    return object;
  }

  Value read_array() {
    enter();
    Array array;
    while (true) {
      skip_space();
      if (accept(']')) break;
      // [1,,2] has an undefined item in the middle, which is read as ''.
      array.push_back(peek() == ',' ? Value("") : read_value());
      skip_space();
      if (accept(']')) break;
      expect(',');
    }
    --level_;
    return array;
  }

  void enter() {
    ++at_;
    if (++level_ > deepest) fail(fmt::format("deeper than {} levels", deepest));
  }

  std::string read_name() {
    if (peek() == '"' || peek() == '\'') return read_string();
    const auto start = at_;
    while (at_ < text_.size() && is_name_byte(text_[at_])) ++at_;
    if (at_ == start) fail_here();
    return std::string(text_.substr(start, at_ - start));
  }

  static bool is_name_byte(char byte) {
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
           (byte >= '0' && byte <= '9') || byte == '_' || byte == '$' ||
           static_cast<unsigned char>(byte) >= 0x80;
  }

  std::string read_string() {
    const char quote = text_[at_++];
    std::string string;
    while (true) {
      const auto start = at_;
      while (at_ < text_.size() && text_[at_] != quote && text_[at_] != '\\') ++at_;
      if (at_ >= text_.size()) fail("unclosed string");
      string += text_.substr(start, at_ - start);
      if (text_[at_] == quote) break;
      read_escape(string);
    }
    ++at_;
    return string;
  }

  void read_escape(std::string& string) {
    constexpr std::string_view names = "bfnrt\"'/\\";
    constexpr std::string_view meanings = "\b\f\n\r\t\"'/\\";
    ++at_;
    if (accept('u')) {
      append_code_point(string, read_utf16());
      return;
    }
    const auto which = at_ < text_.size() ? names.find(text_[at_]) : std::string_view::npos;
    if (which == std::string_view::npos) fail("bad escape");
    string += meanings[which];
    ++at_;
  }

  // A character of one \u or of a pair; halves of pairs become U+FFFD.
  char32_t read_utf16() {
    constexpr char32_t replacement = 0xFFFD;
    const auto first = read_hex4();
    if (first < 0xD800 || first > 0xDFFF) return first;
    if (first > 0xDBFF || !text_.substr(at_).starts_with("\\u")) return replacement;
    const auto before = at_;
    at_ += 2;
    const auto second = read_hex4();
    if (second >= 0xDC00 && second <= 0xDFFF) {
      return 0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00);
    }
    at_ = before;
    return replacement;
  }

  char32_t read_hex4() {
    const auto digits = text_.substr(at_, 4);
    std::uint32_t unit = 0;
    const auto* end = digits.data() + digits.size();
    const auto [stop, error] = std::from_chars(digits.data(), end, unit, 16);
    if (digits.size() < 4 || error != std::errc() || stop != end) fail("bad escape");
    at_ += 4;
    return unit;
  }

  Value read_number() {
    if (text_.substr(at_).starts_with("-I")) {
      ++at_;
      return -read_word().to_number();
    }
    const auto start = at_;
    constexpr std::string_view number_bytes = "0123456789.+-abcdefABCDEFxX";
    while (at_ < text_.size() && number_bytes.find(text_[at_]) != std::string_view::npos) ++at_;
    const auto number = number_value(text_.substr(start, at_ - start));
    if (std::isnan(number) || !at_separator()) {
      at_ = start;
      fail("bad number");
    }
    return number;
  }

  static double number_value(std::string_view digits) {
    const bool other_base = digits.size() > 1 && digits[0] == '0' &&
                            std::string_view(".eE").find(digits[1]) == std::string_view::npos;
    if (!other_base) return parse_decimal(digits);
    const bool hexadecimal = digits[1] == 'x' || digits[1] == 'X';
    digits.remove_prefix(hexadecimal ? 2 : 1);
    std::uint64_t value = 0;
    const auto* end = digits.data() + digits.size();
    const auto [stop, error] = std::from_chars(digits.data(), end, value, hexadecimal ? 16 : 8);
    if (error != std::errc() || stop != end) return std::nan("");
    return static_cast<double>(static_cast<std::int64_t>(value));
  }

  Value read_word() {
    if (accept_word("null")) return {};
    if (accept_word("true")) return true;
    if (accept_word("false")) return false;
    if (accept_word("NaN")) return std::nan("");
    if (accept_word("Infinity")) return HUGE_VAL;
    if (accept_word("undefined")) return "";
    fail_here();
  }

  bool accept_word(std::string_view word) {
    if (!text_.substr(at_).starts_with(word)) return false;
    at_ += word.size();
    if (!at_separator()) fail_here();
    return true;
  }

  bool at_separator() const {
    if (at_ >= text_.size()) return true;
    const auto point = code_point(text_, at_).value;
    return is_space(point) || point == ',' || point == ']' || point == '}' || point == ')' ||
           point == '/';
  }

  std::string_view text_;
  std::size_t at_ = 0;
  int level_ = 0;
};

}  // namespace

std::string to_json(const Value& value, std::size_t limit) {
  Writer writer(true, limit);
  writer.write(value);
  return writer.take();
}

std::string to_compact_json(const Value& value) {
  Writer writer(false, std::numeric_limits<std::size_t>::max());
  writer.write(value);
  return writer.take();
}

Value from_json(std::string_view text) {
  return Reader(text).read();
}

}  // namespace crun::workflow
