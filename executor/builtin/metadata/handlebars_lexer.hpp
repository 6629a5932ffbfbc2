// Template text -> tokens, with the names the original's error messages use.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace crun::executor::builtin::handlebars {

enum class TokenKind {
  content,
  comment,
  open,
  open_unescaped,
  open_block,
  open_inverse,
  open_inverse_chain,
  inverse,
  open_endblock,
  open_raw_block,
  close_raw_block,
  open_partial,
  open_partial_block,
  close,
  close_unescaped,
  open_sexpr,
  close_sexpr,
  open_block_params,
  close_block_params,
  id,
  equals,
  separator,
  string,
  number,
  boolean,
  undefined,
  null,
  data,
  invalid,
  end
};

struct Token {
  TokenKind kind = TokenKind::end;
  std::string text;  // unescaped: the content, the string without quotes
  std::size_t begin = 0, finish = 0;
  bool strip_left = false, strip_right = false;  // `{{~` and `~}}`
  bool ampersand = false;                        // `{{&`: an open that does not escape
  bool decorator = false;                        // `{{*`, `{{#*`
};

/// "OPEN_ENDBLOCK", as the original names it in its messages.
std::string_view token_name(TokenKind kind);

class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}

  Token next();
  /// The text between `{{{{name}}}}` and its end, which is skipped; call it after that opening.
  Token raw_content(std::string& closing_name);
  std::string_view text() const { return text_; }

 private:
  Token content();
  Token opening();
  Token inverse(std::size_t head);
  Token expression();
  Token closing();
  Token word();
  Token comment(std::size_t begin, bool strip_left);
  Token quoted(char quote);
  Token make(TokenKind kind, std::size_t length);
  bool at(std::string_view what, std::size_t offset = 0) const;
  std::string_view rest() const { return text_.substr(position_); }

  std::string_view text_;
  std::size_t position_ = 0;
  bool in_expression_ = false;
  /// After `\{{`: the braces at this place are text.
  bool literal_braces_ = false;
};

}  // namespace crun::executor::builtin::handlebars
