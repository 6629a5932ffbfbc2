#include "workflow/expression/lexer.hpp"

#include <array>
#include <cmath>
#include <limits>

#include "workflow/expression/value.hpp"
#include "workflow/source/unicode.hpp"

namespace crun::workflow {

namespace {

using Kind = LexemeKind;
using Kinds = std::uint32_t;  // a set

template <typename... Each>
constexpr Kinds set_of(Each... kinds) {
  return ((Kinds{1} << static_cast<unsigned>(kinds)) | ...);
}

// What an operand may follow, what may be indexed, and what an operand may end with.
constexpr Kinds before_operand = set_of(
    Kind::none,
    Kind::separator,
    Kind::start_group,
    Kind::start_parameters,
    Kind::start_index,
    Kind::logical_operator);
constexpr Kinds indexable = set_of(
    Kind::end_group,
    Kind::end_parameters,
    Kind::end_index,
    Kind::wildcard,
    Kind::property_name,
    Kind::named_value);
constexpr Kinds after_operand =
    indexable | set_of(Kind::null, Kind::boolean, Kind::number, Kind::string);

Kinds allowed_before(const Lexeme& lexeme) {
  switch (lexeme.kind) {
    case Kind::start_group:
    case Kind::null:
    case Kind::boolean:
    case Kind::number:
    case Kind::string:
    case Kind::function:
    case Kind::named_value:
      return before_operand;
    case Kind::logical_operator:
      return lexeme.op == LogicalOperator::negate ? before_operand : after_operand;
    case Kind::end_group:
    case Kind::end_index:
    case Kind::separator:
      return after_operand;
    case Kind::end_parameters:
      return after_operand | set_of(Kind::start_parameters);
    case Kind::start_index:
    case Kind::dereference:
      return indexable;
    case Kind::start_parameters:
      return set_of(Kind::function);
    case Kind::wildcard:
      return set_of(Kind::start_index, Kind::dereference);
    case Kind::property_name:
      return set_of(Kind::dereference);
    case Kind::none:
    case Kind::end:
    case Kind::malformed:
    case Kind::misplaced:
      return ~Kinds{0};
  }
  return 0;
}

bool is_ascii(char byte) {
  return static_cast<unsigned char>(byte) < 0x80;
}

std::size_t after_space(std::string_view text, std::size_t at) {
  while (at < text.size()) {
    if (text[at] > ' ' && is_ascii(text[at])) break;
    const auto point = code_point(text, at);
    if (!is_space(point.value)) break;
    at += static_cast<std::size_t>(point.bytes);
  }
  return at;
}

// White space, operators and brackets end words and numbers.
constexpr auto ascii_boundaries = [] {
  std::array<bool, 0x80> table{};
  for (const char byte : std::string_view("()[],.!><=&| \t\n\v\f\r")) {
    table[static_cast<std::size_t>(byte)] = true;
  }
  return table;
}();

bool is_letter(char byte) {
  return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || byte == '_';
}

bool is_digit(char byte) {
  return byte >= '0' && byte <= '9';
}

bool is_name(std::string_view word) {
  if (!is_letter(word.front())) return false;
  for (const char byte : word) {
    if (!is_letter(byte) && !is_digit(byte) && byte != '-') return false;
  }
  return true;
}

}  // namespace

Lexeme Lexer::next() {
  at_ = after_space(text_, at_);
  if (at_ >= text_.size()) return slice(Kind::end, text_.size());
  auto lexeme = scan();
  if (!legal(lexeme)) lexeme.kind = Kind::misplaced;
  last_ = lexeme.kind;
  return lexeme;
}

Lexeme Lexer::scan() {
  const auto one = [&](Kind kind) {
    ++at_;
    return slice(kind, at_ - 1);
  };
  const char first = text_[at_];
  switch (first) {
    case '(':
      return one(last_ == Kind::function ? Kind::start_parameters : Kind::start_group);
    case ')':
      return one(
          unclosed() && open_.back() == Kind::start_parameters ? Kind::end_parameters
                                                               : Kind::end_group);
    case '[':
      return one(Kind::start_index);
    case ']':
      return one(Kind::end_index);
    case ',':
      return one(Kind::separator);
    case '*':
      return one(Kind::wildcard);
    case '\'':
      return scan_string();
    case '!':
    case '<':
    case '>':
    case '=':
    case '&':
    case '|':
      return scan_operator();
    case '.':
      return dot_starts_number() ? scan_number() : one(Kind::dereference);
    default:
      return first == '-' || first == '+' || is_digit(first) ? scan_number() : scan_word();
  }
}

Lexeme Lexer::scan_operator() {
  const auto begin = at_;
  const auto found = [&](LogicalOperator op, std::size_t length) {
    at_ += length;
    auto lexeme = slice(Kind::logical_operator, begin);
    lexeme.op = op;
    return lexeme;
  };
  const auto two = text_.substr(at_, 2);
  if (two == "==") return found(LogicalOperator::equal, 2);
  if (two == "!=") return found(LogicalOperator::not_equal, 2);
  if (two == "&&") return found(LogicalOperator::both, 2);
  if (two == "||") return found(LogicalOperator::either, 2);
  if (two == "<=") return found(LogicalOperator::less_or_equal, 2);
  if (two == ">=") return found(LogicalOperator::greater_or_equal, 2);
  if (two[0] == '!') return found(LogicalOperator::negate, 1);
  if (two[0] == '<') return found(LogicalOperator::less, 1);
  if (two[0] == '>') return found(LogicalOperator::greater, 1);
  ++at_;
  while (!at_boundary()) ++at_;
  return slice(Kind::malformed, begin);
}

Lexeme Lexer::scan_string() {
  const auto begin = at_++;
  while (true) {
    const auto quote = text_.find('\'', at_);
    if (quote == std::string_view::npos) {
      at_ = text_.size();
      return slice(Kind::malformed, begin);
    }
    at_ = quote + 1;
    if (at_ >= text_.size() || text_[at_] != '\'') return slice(Kind::string, begin);
    ++at_;  // '' is a quote in the string
  }
}

Lexeme Lexer::scan_number() {
  const auto begin = at_++;
  while (!at_boundary() || (at_ < text_.size() && text_[at_] == '.')) ++at_;
  auto lexeme = slice(Kind::number, begin);
  lexeme.number = parse_number(lexeme.text);
  if (std::isnan(lexeme.number)) lexeme.kind = Kind::malformed;
  return lexeme;
}

Lexeme Lexer::scan_word() {
  const auto begin = at_++;
  while (!at_boundary()) ++at_;
  auto lexeme = slice(Kind::malformed, begin);
  if (!is_name(lexeme.text)) return lexeme;
  lexeme.kind = classify_word(lexeme.text);
  if (lexeme.text == "NaN") lexeme.number = std::numeric_limits<double>::quiet_NaN();
  if (lexeme.text == "Infinity") lexeme.number = std::numeric_limits<double>::infinity();
  return lexeme;
}

LexemeKind Lexer::classify_word(std::string_view word) const {
  if (last_ == Kind::dereference) return Kind::property_name;
  if (word == "null") return Kind::null;
  if (word == "true" || word == "false") return Kind::boolean;
  if (word == "NaN" || word == "Infinity") return Kind::number;
  const auto ahead = after_space(text_, at_);
  return text_.substr(ahead).starts_with('(') ? Kind::function : Kind::named_value;
}

Lexeme Lexer::slice(LexemeKind kind, std::size_t begin) const {
  Lexeme lexeme;
  lexeme.kind = kind;
  lexeme.offset = static_cast<std::uint32_t>(begin);
  lexeme.text = text_.substr(begin, at_ - begin);
  return lexeme;
}

bool Lexer::at_boundary() const {
  if (at_ >= text_.size()) return true;
  const char byte = text_[at_];
  if (is_ascii(byte)) return ascii_boundaries[static_cast<std::size_t>(byte)];
  return is_space(code_point(text_, at_).value);
}

bool Lexer::dot_starts_number() const {
  return (before_operand & set_of(last_)) != 0;
}

bool Lexer::legal(const Lexeme& lexeme) {
  if ((allowed_before(lexeme) & set_of(last_)) == 0) return false;
  const auto inside = [&](Kind start) { return unclosed() && open_.back() == start; };
  const auto close = [&](Kind start) {
    if (!inside(start)) return false;
    open_.pop_back();
    return true;
  };
  switch (lexeme.kind) {
    case Kind::start_group:
    case Kind::start_index:
    case Kind::start_parameters:
      open_.push_back(lexeme.kind);
      return true;
    case Kind::end_group:
      return close(Kind::start_group);
    case Kind::end_index:
      return close(Kind::start_index);
    case Kind::end_parameters:
      return close(Kind::start_parameters);
    case Kind::separator:
      return inside(Kind::start_parameters);
    default:
      return true;
  }
}

}  // namespace crun::workflow
