// Two states: text up to `{{`, and the inside of a mustache. A word counts as an ID or a literal
// only when a delimiter follows; that is why an unclosed `{{sha` is INVALID and not an unexpected
// end.

#include "executor/builtin/metadata/handlebars_lexer.hpp"

#include <algorithm>
#include <array>

#include "executor/builtin/metadata/handlebars.hpp"

namespace crun::executor::builtin::handlebars {

namespace {

constexpr std::string_view blanks = " \t\r\n\f\v";

bool is_blank(char c) {
  return blanks.find(c) != std::string_view::npos;
}

/// Characters that cannot be part of an ID.
bool ends_id(char c) {
  static constexpr std::string_view punctuation = "!\"#%&'()*+,./;<=>@[\\]^`{|}~";
  return is_blank(c) || punctuation.find(c) != std::string_view::npos;
}

bool is_id_lookahead(char c) {
  return is_blank(c) || std::string_view("=~}/.)|]").find(c) != std::string_view::npos;
}

bool is_literal_lookahead(char c) {
  return is_blank(c) || std::string_view("~})]").find(c) != std::string_view::npos;
}

std::size_t count_blanks(std::string_view text) {
  return std::min(text.find_first_not_of(blanks), text.size());
}

/// Length of `-1.5` at the start, or 0.
std::size_t number_length(std::string_view text) {
  std::size_t i = text.starts_with('-') ? 1 : 0;
  const auto digits = [&] {
    const std::size_t start = i;
    while (i < text.size() && text[i] >= '0' && text[i] <= '9') ++i;
    return i > start;
  };
  if (!digits()) return 0;
  const std::size_t whole = i;
  if (i < text.size() && text[i] == '.') {
    ++i;
    if (!digits()) i = whole;
  }
  return i;
}

}  // namespace

std::string_view token_name(TokenKind kind) {
  static constexpr std::array<std::string_view, 30> names = {
      "CONTENT",
      "COMMENT",
      "OPEN",
      "OPEN_UNESCAPED",
      "OPEN_BLOCK",
      "OPEN_INVERSE",
      "OPEN_INVERSE_CHAIN",
      "INVERSE",
      "OPEN_ENDBLOCK",
      "OPEN_RAW_BLOCK",
      "CLOSE_RAW_BLOCK",
      "OPEN_PARTIAL",
      "OPEN_PARTIAL_BLOCK",
      "CLOSE",
      "CLOSE_UNESCAPED",
      "OPEN_SEXPR",
      "CLOSE_SEXPR",
      "OPEN_BLOCK_PARAMS",
      "CLOSE_BLOCK_PARAMS",
      "ID",
      "EQUALS",
      "SEP",
      "STRING",
      "NUMBER",
      "BOOLEAN",
      "UNDEFINED",
      "NULL",
      "DATA",
      "INVALID",
      "EOF"};
  return names.at(static_cast<std::size_t>(kind));
}

bool Lexer::at(std::string_view what, std::size_t offset) const {
  return position_ + offset <= text_.size() && text_.substr(position_ + offset).starts_with(what);
}

Token Lexer::make(TokenKind kind, std::size_t length) {
  Token token{kind, std::string(text_.substr(position_, length)), position_, position_ + length};
  position_ += length;
  return token;
}

Token Lexer::next() {
  if (in_expression_) return expression();
  if (position_ >= text_.size()) return make(TokenKind::end, 0);
  if (!at("{{") || literal_braces_) return content();
  return opening();
}

Token Lexer::content() {
  // Braces that were escaped begin this content; look for the next ones behind them.
  const std::size_t from = position_ + (literal_braces_ ? 2 : 0);
  literal_braces_ = false;
  std::size_t end = std::min(text_.find("{{", from), text_.size());
  Token token = make(TokenKind::content, end - position_);
  if (end == text_.size() || !token.text.ends_with('\\')) return token;
  token.text.pop_back();
  // `\\{{x}}` is a backslash and a mustache, `\{{x}}` the text `{{x}}`.
  if (!token.text.ends_with('\\')) literal_braces_ = true;
  return token;
}

Token Lexer::opening() {
  const std::size_t begin = position_;
  if (at("{{{{") && !at("/", 4)) {
    in_expression_ = true;
    return make(TokenKind::open_raw_block, 4);
  }
  const bool strip = at("~", 2);
  const std::size_t head = strip ? 3 : 2;
  if (at("!", head)) return comment(begin, strip);
  Token token = inverse(head);
  if (token.kind == TokenKind::end) {
    static constexpr std::pair<std::string_view, TokenKind> marks[] = {
        {"#>", TokenKind::open_partial_block},
        {">", TokenKind::open_partial},
        {"#", TokenKind::open_block},
        {"/", TokenKind::open_endblock},
        {"^", TokenKind::open_inverse},
        {"{", TokenKind::open_unescaped},
        {"&", TokenKind::open},
        {"", TokenKind::open}};
    const auto& [mark, kind] =
        *std::ranges::find_if(marks, [&](const auto& row) { return at(row.first, head); });
    const bool decorator = (mark == "#" || mark.empty()) && at("*", head + mark.size());
    in_expression_ = true;
    token = make(kind, head + mark.size() + (decorator ? 1 : 0));
    token.decorator = decorator;
    token.ampersand = mark == "&";
  }
  token.strip_left = strip;
  return token;
}

/// `{{else}}` and `{{^}}` are one token, closing included; `{{else` with more opens a chain. Any
/// other gives an end and consumes nothing.
Token Lexer::inverse(std::size_t head) {
  const std::size_t space = count_blanks(text_.substr(position_ + head));
  for (const auto& [word, offset] :
       {std::pair<std::string_view, std::size_t>{"^", head}, {"else", head + space}}) {
    if (!at(word, offset)) continue;
    std::size_t end = offset + word.size();
    end += count_blanks(text_.substr(position_ + end));
    const bool strip_right = at("~", end);
    if (strip_right) ++end;
    if (!at("}}", end)) continue;
    Token token = make(TokenKind::inverse, end + 2);
    token.strip_right = strip_right;
    return token;
  }
  const std::size_t behind = head + space + 4;
  if (at("else", head + space) &&
      (position_ + behind >= text_.size() || ends_id(text_[position_ + behind]))) {
    in_expression_ = true;
    return make(TokenKind::open_inverse_chain, behind);
  }
  return {};
}

Token Lexer::comment(std::size_t begin, bool strip_left) {
  const std::size_t head = strip_left ? 4 : 3;
  const bool dashes = at("--", head);
  std::size_t end = text_.find(dashes ? "--" : "}}", position_ + head + (dashes ? 2 : 0));
  bool strip_right = false;
  while (dashes && end != std::string_view::npos) {
    strip_right = text_.substr(end + 2).starts_with('~');
    if (text_.substr(end + (strip_right ? 3 : 2)).starts_with("}}")) break;
    end = text_.find("--", end + 1);
  }
  if (end == std::string_view::npos) {
    in_expression_ = true;
    position_ += 2;
    return make(TokenKind::invalid, 1);
  }
  if (!dashes) strip_right = text_[end - 1] == '~';
  position_ = end + (dashes ? (strip_right ? 5 : 4) : 2);
  Token token{TokenKind::comment, {}, begin, position_};
  token.strip_left = strip_left;
  token.strip_right = strip_right;
  return token;
}

Token Lexer::raw_content(std::string& closing_name) {
  in_expression_ = false;
  const std::size_t end = text_.find("{{{{/", position_);
  const std::size_t close = end == std::string_view::npos ? end : text_.find("}}}}", end);
  if (close == std::string_view::npos) {
    position_ = text_.size();
    return make(TokenKind::end, 0);
  }
  Token token = make(TokenKind::content, end - position_);
  closing_name = text_.substr(end + 5, close - end - 5);
  position_ = close + 4;
  return token;
}

Token Lexer::quoted(char quote) {
  std::string value;
  for (std::size_t i = position_ + 1; i < text_.size(); ++i) {
    if (text_[i] == '\\' && i + 1 < text_.size() && text_[i + 1] == quote) {
      value += quote;
      ++i;
    } else if (text_[i] == quote) {
      Token token = make(TokenKind::string, i + 1 - position_);
      token.text = std::move(value);
      return token;
    } else {
      value += text_[i];
    }
  }
  return make(TokenKind::invalid, 1);
}

Token Lexer::expression() {
  position_ += count_blanks(rest());
  if (position_ >= text_.size()) return make(TokenKind::end, 0);
  switch (text_[position_]) {
    case '}':
    case '~':
      return closing();
    case '(':
      return make(TokenKind::open_sexpr, 1);
    case ')':
      return make(TokenKind::close_sexpr, 1);
    case '=':
      return make(TokenKind::equals, 1);
    case '@':
      return make(TokenKind::data, 1);
    case '|':
      return make(TokenKind::close_block_params, 1);
    case '/':
      return make(TokenKind::separator, 1);
    case '"':
    case '\'':
      return quoted(text_[position_]);
    case '.': {
      if (at("..")) return make(TokenKind::id, 2);
      const std::string_view here = rest();
      const bool alone = here.size() > 1 && is_id_lookahead(here[1]);
      return make(alone ? TokenKind::id : TokenKind::separator, 1);
    }
    default:
      return word();
  }
}

Token Lexer::closing() {
  static constexpr std::pair<std::string_view, TokenKind> closings[] = {
      {"}}}}", TokenKind::close_raw_block},
      {"}~}}", TokenKind::close_unescaped},
      {"}}}", TokenKind::close_unescaped},
      {"~}}", TokenKind::close},
      {"}}", TokenKind::close}};
  for (const auto& [text, kind] : closings) {
    if (!at(text)) continue;
    in_expression_ = false;
    Token token = make(kind, text.size());
    token.strip_right = text.find('~') != std::string_view::npos;
    return token;
  }
  return make(TokenKind::invalid, 1);
}

/// A literal, `as |`, or an ID.
Token Lexer::word() {
  const std::string_view here = rest();
  if (here.starts_with("as")) {
    const std::size_t space = count_blanks(here.substr(2));
    if (space > 0 && here.substr(2 + space).starts_with('|')) {
      return make(TokenKind::open_block_params, 3 + space);
    }
  }
  static constexpr std::pair<std::string_view, TokenKind> literals[] = {
      {"true", TokenKind::boolean},
      {"false", TokenKind::boolean},
      {"undefined", TokenKind::undefined},
      {"null", TokenKind::null}};
  for (const auto& [text, kind] : literals) {
    if (here.starts_with(text) && here.size() > text.size() &&
        is_literal_lookahead(here[text.size()])) {
      return make(kind, text.size());
    }
  }
  const std::size_t digits = number_length(here);
  if (digits > 0 && digits < here.size() && is_literal_lookahead(here[digits])) {
    return make(TokenKind::number, digits);
  }
  if (here[0] == '[') {
    const std::size_t end = here.find(']');
    return end != std::string_view::npos ? make(TokenKind::id, end + 1)
                                         : make(TokenKind::invalid, 1);
  }
  std::size_t length = 0;
  while (length < here.size() && !ends_id(here[length])) ++length;
  if (length > 0 && length < here.size() && is_id_lookahead(here[length])) {
    return make(TokenKind::id, length);
  }
  return make(TokenKind::invalid, 1);
}

}  // namespace crun::executor::builtin::handlebars
