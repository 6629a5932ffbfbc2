// Tokens -> statements. Recursive descent; the messages of the original's generated parser name the
// tokens it would have taken, so each place that can fail lists them.

#include <algorithm>
#include <cstdlib>

#include <fmt/format.h>

#include "executor/builtin/metadata/handlebars_lexer.hpp"
#include "executor/builtin/metadata/handlebars_template.hpp"

namespace crun::executor::builtin::handlebars {

namespace {

constexpr std::string_view operands =
    "'ID', 'STRING', 'NUMBER', 'BOOLEAN', 'UNDEFINED', 'NULL', 'DATA'";
constexpr std::string_view program_starts =
    "'COMMENT', 'CONTENT', 'OPEN_RAW_BLOCK', 'OPEN_BLOCK', 'OPEN_INVERSE', 'OPEN', "
    "'OPEN_UNESCAPED', 'OPEN_PARTIAL', 'OPEN_PARTIAL_BLOCK'";
constexpr std::string_view program_ends = "'OPEN_INVERSE_CHAIN', 'INVERSE', 'OPEN_ENDBLOCK'";

/// What may stand in a block of which nothing has been read yet: `ends` between the starts.
std::string block_starts(std::string_view ends) {
  return fmt::format(
      "'COMMENT', 'CONTENT', 'OPEN_RAW_BLOCK', 'OPEN_BLOCK', 'OPEN_INVERSE', {}, 'OPEN', "
      "'OPEN_UNESCAPED', 'OPEN_PARTIAL', 'OPEN_PARTIAL_BLOCK'",
      ends);
}

std::string without_line_breaks(std::string_view text) {
  std::string result(text);
  std::erase(result, '\n');
  return result;
}

std::string unbracketed(const std::string& id) {
  return id.starts_with('[') && id.ends_with(']') ? id.substr(1, id.size() - 2) : id;
}

/// Deeper templates are refused rather than let the stack grow without end.
constexpr int deepest = 200;

class Parser {
 public:
  explicit Parser(std::string_view text) : lexer_(text) { advance(); }

  Program parse() {
    Program program = statements();
    if (token_.kind == TokenKind::invalid) fail(operands);  // a comment without an end
    if (token_.kind != TokenKind::end) fail(fmt::format("'EOF', {}", program_starts));
    return program;
  }

 private:
  void advance() {
    previous_ = std::move(token_);
    token_ = lexer_.next();
    // `~}}` eats the blanks that follow, wherever the next text begins.
    if (previous_.strip_right && token_.kind == TokenKind::content) {
      token_.text.erase(0, token_.text.find_first_not_of(" \t\r\n\f\v"));
    }
  }

  /// Counts how deep the parser is in blocks and parentheses.
  class Level {
   public:
    explicit Level(Parser& parser) : parser_(parser) {
      if (++parser_.depth_ > deepest) throw TemplateError("The template is nested too deeply");
    }
    ~Level() { --parser_.depth_; }
    Level(const Level&) = delete;
    Level& operator=(const Level&) = delete;

   private:
    Parser& parser_;
  };

  [[noreturn]] void fail(std::string_view expecting) const {
    const std::string_view text = lexer_.text();
    const std::string_view past = text.substr(0, token_.begin);
    const std::string_view upcoming = text.substr(token_.begin);
    const auto line = std::count(past.begin(), past.end(), '\n') + 1;
    const std::string before =
        (past.size() > 20 ? "..." : "") +
        without_line_breaks(past.substr(past.size() - std::min<std::size_t>(past.size(), 20)));
    const std::string after = without_line_breaks(upcoming.substr(0, 20)) +
                              (token_.finish - token_.begin > 20 ? "..." : "");
    throw TemplateError(fmt::format(
        "Parse error on line {}:\n{}{}\n{}^\nExpecting {}, got '{}'",
        line,
        before,
        after,
        std::string(before.size(), '-'),
        expecting,
        token_name(token_.kind)));
  }

  void expect(TokenKind kind, std::string_view expecting) {
    if (token_.kind != kind) fail(expecting);
    advance();
  }

  Program statements() {
    const Level level(*this);
    Program program;
    for (;;) {
      switch (token_.kind) {
        case TokenKind::content:
          program.statements.push_back(Content{token_.text});
          advance();
          break;
        case TokenKind::comment:
          strip_before(program);
          advance();
          break;
        case TokenKind::open:
        case TokenKind::open_unescaped:
          strip_before(program);
          mustache(program);
          break;
        case TokenKind::open_block:
        case TokenKind::open_inverse:
          strip_before(program);
          program.statements.push_back(block());
          break;
        case TokenKind::open_raw_block:
          program.statements.push_back(raw_block());
          break;
        case TokenKind::open_partial:
        case TokenKind::open_partial_block:
          refuse_partial();
        default:
          strip_before(program);
          return program;
      }
    }
  }

  /// There are none that could be named.
  [[noreturn]] void refuse_partial() {
    advance();
    const Operand name = operand();
    const auto* path = std::get_if<Path>(&name.what);
    throw TemplateError(
        fmt::format("The partial {} could not be found", path ? path->original : "named here"));
  }

  /// `{{~` eats the blanks before it.
  void strip_before(Program& program) const {
    if (!token_.strip_left || program.statements.empty()) return;
    auto* content = std::get_if<Content>(&program.statements.back());
    if (!content) return;
    content->text.erase(content->text.find_last_not_of(" \t\r\n\f\v") + 1);
  }

  void mustache(Program& program) {
    const bool triple = token_.kind == TokenKind::open_unescaped;
    if (token_.decorator) throw TemplateError("decorators are not supported here");
    const bool escaped = !triple && !token_.ampersand;
    advance();
    Mustache result{call(), escaped};
    const TokenKind close = triple ? TokenKind::close_unescaped : TokenKind::close;
    expect(close, fmt::format("'{}', 'OPEN_SEXPR', {}", token_name(close), operands));
    program.statements.push_back(std::move(result));
  }

  Block block() {
    const bool inverted = token_.kind == TokenKind::open_inverse;
    if (token_.decorator) throw TemplateError("decorators are not supported here");
    advance();
    const std::size_t place = token_.begin;
    Block result;
    result.call = call();
    auto parameters = block_parameters();
    expect(TokenKind::close, fmt::format("'CLOSE', 'OPEN_SEXPR', {}", operands));
    auto body = std::make_shared<Program>(statements());
    body->parameters = std::move(parameters);
    auto inverse = inverse_part();
    if (inverted) {
      result.body = inverse;
      result.inverse = body;
    } else {
      result.body = body;
      result.inverse = inverse;
    }
    if (token_.kind != TokenKind::open_endblock) {
      fail(
          !inverse && body->statements.empty() ? block_starts(program_ends)
                                               : std::string(program_ends));
    }
    end_block(result.call, place);
    return result;
  }

  /// `{{else}}...` and `{{else if x}}...` up to the end of the block, which is left.
  std::shared_ptr<const Program> inverse_part() {
    if (token_.kind == TokenKind::inverse) {
      advance();
      auto program = std::make_shared<Program>(statements());
      if (token_.kind != TokenKind::open_endblock) {
        fail(program->statements.empty() ? block_starts("'OPEN_ENDBLOCK'") : "'OPEN_ENDBLOCK'");
      }
      return program;
    }
    if (token_.kind != TokenKind::open_inverse_chain) return nullptr;
    advance();
    Block chained;
    chained.call = call();
    auto parameters = block_parameters();
    expect(TokenKind::close, fmt::format("'CLOSE', 'OPEN_SEXPR', {}", operands));
    auto body = std::make_shared<Program>(statements());
    body->parameters = std::move(parameters);
    chained.body = body;
    chained.inverse = inverse_part();
    auto program = std::make_shared<Program>();
    program->statements.push_back(std::move(chained));
    return program;
  }

  void end_block(const Call& opening, std::size_t place) {
    advance();
    const Call closing = name_only();
    expect(TokenKind::close, "'CLOSE'");
    if (closing.path.original == opening.path.original) return;
    throw mismatch(opening.path.original, closing.path.original, place);
  }

  TemplateError mismatch(
      const std::string& opened, const std::string& closed, std::size_t place) const {
    return TemplateError(fmt::format("{} doesn't match {} - {}", opened, closed, where(place)));
  }

  Block raw_block() {
    advance();
    const std::size_t place = token_.begin;
    Block result;
    result.call = call();
    if (token_.kind != TokenKind::close_raw_block) fail("'CLOSE_RAW_BLOCK'");
    std::string name;
    token_ = lexer_.raw_content(name);
    if (token_.kind != TokenKind::content) fail("'CONTENT', 'END_RAW_BLOCK'");
    auto body = std::make_shared<Program>();
    body->statements.push_back(Content{token_.text});
    result.body = body;
    if (name != result.call.path.original) throw mismatch(result.call.path.original, name, place);
    advance();
    return result;
  }

  std::vector<std::string> block_parameters() {
    std::vector<std::string> names;
    if (token_.kind != TokenKind::open_block_params) return names;
    advance();
    while (token_.kind == TokenKind::id) {
      names.push_back(unbracketed(token_.text));
      advance();
    }
    expect(TokenKind::close_block_params, "'ID', 'CLOSE_BLOCK_PARAMS'");
    return names;
  }

  Call name_only() {
    Call result;
    Operand operand = plain_operand(operands);
    if (auto* path = std::get_if<Path>(&operand.what)) {
      result.path = std::move(*path);
    } else {
      // A literal stands for the property of that name.
      const auto& value = std::get<Value>(operand.what);
      result.path.original = value.is_undefined() ? "undefined"
                             : value.is_nothing() ? "null"
                                                  : value.text();
      result.path.parts = {result.path.original};
      result.literal_path = true;
    }
    return result;
  }

  Call call() {
    Call result = name_only();
    for (;;) {
      if (token_.kind == TokenKind::id) {
        const Token name = token_;
        Path path = this->path();
        if (token_.kind == TokenKind::equals && path.parts.size() == 1) {
          advance();
          result.hash.insert(result.hash.begin(), {unbracketed(name.text), operand()});
          hash_tail(result);
          return result;
        }
        if (path.parts.size() == 1 && !path.scoped) last_ = Last::word;
        if (token_.kind == TokenKind::equals) fail_after_operand();
        result.parameters.push_back({std::move(path)});
      } else if (starts_operand()) {
        result.parameters.push_back(operand());
      } else {
        check_end_of_call();
        return result;
      }
    }
  }

  void hash_tail(Call& result) {
    while (token_.kind == TokenKind::id) {
      const std::string name = unbracketed(token_.text);
      advance();
      expect(TokenKind::equals, "'EQUALS'");
      result.hash.insert(result.hash.begin(), {name, operand()});
    }
    check_end_of_call();
  }

  bool starts_operand() const {
    switch (token_.kind) {
      case TokenKind::open_sexpr:
      case TokenKind::id:
      case TokenKind::string:
      case TokenKind::number:
      case TokenKind::boolean:
      case TokenKind::undefined:
      case TokenKind::null:
      case TokenKind::data:
        return true;
      default:
        return false;
    }
  }

  /// What no call can be followed by.
  void check_end_of_call() const {
    switch (token_.kind) {
      case TokenKind::invalid:
      case TokenKind::end:
      case TokenKind::equals:
      case TokenKind::separator:
      case TokenKind::close_block_params:
        fail_after_operand();
      default:
        break;
    }
  }

  [[noreturn]] void fail_after_operand() const {
    fail(fmt::format(
        "'CLOSE_RAW_BLOCK', 'CLOSE', 'CLOSE_UNESCAPED', 'OPEN_SEXPR', 'CLOSE_SEXPR', 'ID', "
        "{}'OPEN_BLOCK_PARAMS', 'STRING', 'NUMBER', 'BOOLEAN', 'UNDEFINED', 'NULL', 'DATA'{}",
        last_ == Last::word ? "'EQUALS', " : "",
        last_ == Last::other ? "" : ", 'SEP'"));
  }

  Operand operand() {
    if (token_.kind != TokenKind::open_sexpr) {
      return plain_operand(fmt::format("'OPEN_SEXPR', {}", operands));
    }
    advance();
    const Level level(*this);
    auto nested = std::make_shared<Call>(call());
    expect(TokenKind::close_sexpr, fmt::format("'OPEN_SEXPR', 'CLOSE_SEXPR', {}", operands));
    last_ = Last::other;
    return {std::shared_ptr<const Call>(std::move(nested))};
  }

  Operand plain_operand(std::string_view expecting) {
    const Token token = token_;
    last_ = Last::other;
    switch (token.kind) {
      case TokenKind::id:
      case TokenKind::data:
        return {path()};
      case TokenKind::string:
        advance();
        return {Value(token.text)};
      case TokenKind::number:
        advance();
        return {Value(std::strtod(token.text.c_str(), nullptr))};
      case TokenKind::boolean:
        advance();
        return {Value(token.text == "true")};
      case TokenKind::undefined:
        advance();
        return {Value()};
      case TokenKind::null:
        advance();
        return {Value(Null{})};
      default:
        fail(expecting);
    }
  }

  Path path() {
    last_ = Last::path;
    Path result;
    const std::size_t place = token_.begin;
    if (token_.kind == TokenKind::data) {
      result.data = true;
      result.original = "@";
      advance();
      if (token_.kind != TokenKind::id) fail("'ID'");
    }
    for (;;) {
      const std::string part = unbracketed(token_.text);
      const bool bracketed = part != token_.text;
      result.original += part;
      if (!bracketed && (part == ".." || part == "." || part == "this")) {
        if (!result.parts.empty()) {
          throw TemplateError(fmt::format("Invalid path: {} - {}", result.original, where(place)));
        }
        if (part == "..") ++result.depth;
        result.scoped = true;
      } else {
        result.parts.push_back(part);
      }
      advance();
      if (token_.kind != TokenKind::separator) return result;
      result.original += token_.text;
      advance();
      if (token_.kind != TokenKind::id) fail("'ID'");
    }
  }

  /// "1:2": line and column as the original counts them in its own messages.
  std::string where(std::size_t offset) const {
    const std::string_view before = lexer_.text().substr(0, offset);
    const auto line = std::count(before.begin(), before.end(), '\n') + 1;
    const std::size_t last = before.rfind('\n');
    return fmt::format("{}:{}", line, last == std::string_view::npos ? offset : offset - last - 1);
  }

  Lexer lexer_;
  Token token_;
  Token previous_;
  int depth_ = 0;
  /// What was read last: after a path a separator could follow, after a single word also an `=`.
  enum class Last { path, word, other };
  Last last_ = Last::other;
};

}  // namespace

Program parse_template(std::string_view text) {
  return Parser(text).parse();
}

}  // namespace crun::executor::builtin::handlebars
