#include "workflow/expression/token.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "workflow/source/unicode.hpp"

namespace crun::workflow {

namespace {

constexpr std::string_view open_mark = "${{";
constexpr std::string_view close_mark = "}}";

[[noreturn]] void fail(const std::string& message) {
  throw ExpressionError(ExpressionError::Stage::parsing, message, 0);
}

struct Segment {
  std::string_view text;  // of an expression what is between the marks, trimmed
  std::size_t offset;     // in the scalar
  bool is_expression;
};

// The first }} outside a string literal; '' within one flips twice and so does no harm.
std::size_t find_close(std::string_view text, std::size_t at) {
  bool in_string = false;
  for (; at < text.size(); ++at) {
    if (text[at] == '\'') in_string = !in_string;
    if (!in_string && text.substr(at, close_mark.size()) == close_mark) return at;
  }
  return std::string_view::npos;
}

std::vector<Segment> split(std::string_view text) {
  std::vector<Segment> segments;
  std::size_t at = 0;
  while (at < text.size()) {
    const auto open = std::min(text.find(open_mark, at), text.size());
    if (open > at) segments.push_back({text.substr(at, open - at), at, false});
    if (open == text.size()) break;
    const auto begin = open + open_mark.size();
    const auto close = find_close(text, begin);
    if (close == std::string_view::npos) {
      fail(
          "The expression is not closed. An unescaped ${{ sequence was found, but the closing }} "
          "sequence was not found.");
    }
    const auto inside = trim(text.substr(begin, close - begin));
    if (inside.empty()) fail("An expression was expected");
    segments.push_back({inside, open, true});
    at = close + close_mark.size();
  }
  return segments;
}

// `insert` alone is the directive; `insert x` is no expression either, with a message of its own.
bool is_insert(std::string_view expression) {
  constexpr std::string_view insert = "insert";
  if (!expression.starts_with(insert)) return false;
  const auto rest = expression.substr(insert.size());
  if (rest.empty()) return true;
  if (!is_space(code_point(rest, 0).value)) return false;
  fail(
      "Exactly 0 parameter(s) were expected following the directive 'insert'. Actual parameter "
      "count: 1");
}

std::string format_call(const std::vector<Segment>& segments) {
  std::string format;
  std::string arguments;
  std::size_t count = 0;
  for (const auto& segment : segments) {
    if (segment.is_expression) {
      format += fmt::format("{{{}}}", count++);
      arguments += ", ";
      arguments += segment.text;
      continue;
    }
    for (const char byte : segment.text) {
      format += byte;
      if (byte == '\'' || byte == '{' || byte == '}') format += byte;
    }
  }
  return fmt::format("format('{}'{})", format, arguments);
}

void read_text(Token& token, const std::string& text, const ExpressionNames& names) {
  token.kind = Token::Kind::string;
  token.text = text;
  if (text.find(open_mark) == std::string::npos) return;
  const auto segments = split(text);
  const bool alone = segments.size() == 1;
  for (const auto& segment : segments) {
    if (!segment.is_expression) continue;
    if (is_insert(segment.text)) {
      if (!alone) {
        fail(
            "The directive 'insert' is not allowed in this context. Directives are not supported "
            "for "
            "expressions that are embedded within a string. Directives are only supported when the "
            "entire value is an expression.");
      }
      token.kind = Token::Kind::insert;
      return;
    }
    auto expression = Expression::parse(segment.text, names);
    if (alone) token.expression = std::move(expression);
  }
  if (!alone) token.expression = Expression::parse(format_call(segments), names);
  if (const auto* literal = alone ? token.expression->literal() : nullptr) {
    token.text = *literal;
    token.expression.reset();
    return;
  }
  token.kind = Token::Kind::expression;
  token.text = token.expression->text();
}

// Makes tokens of a tree; mistakes go to `diagnostics` if there are any, else they are thrown.
class Maker {
 public:
  Maker(const SourcePtr& source, const ExpressionNames& names, Diagnostics* diagnostics)
      : source_(source), names_(names), diagnostics_(diagnostics) {}

  TokenPtr make(const Node& node) {
    auto token = std::make_shared<Token>();
    token->span = node.span;
    token->source = source_;
    token->raw = node.text;
    switch (node.kind) {
      case Node::Kind::null:
        break;
      case Node::Kind::boolean:
        token->kind = Token::Kind::boolean;
        token->boolean = node.boolean;
        token->text = Value(node.boolean).to_string();
        break;
      case Node::Kind::number:
        token->kind = Token::Kind::number;
        token->number = node.number;
        token->text = format_number(node.number);
        break;
      case Node::Kind::string:
        make_text(*token, node);
        break;
      case Node::Kind::sequence:
        token->kind = Token::Kind::sequence;
        for (const auto& item : node.items) token->items.push_back(make(*item));
        break;
      case Node::Kind::mapping:
        token->kind = Token::Kind::mapping;
        for (const auto& [key, value] : node.entries) {
          token->entries.emplace_back(make(*key), make(*value));
        }
        break;
    }
    return token;
  }

 private:
  void make_text(Token& token, const Node& node) {
    if (!diagnostics_) return read_text(token, node.text, names_);
    try {
      read_text(token, node.text, names_);
    } catch (const ExpressionError& error) {
      diagnostics_->error(source_, node.span, "expression", error.what());
      token.kind = Token::Kind::string;
      token.text = node.text;
      token.expression.reset();
    }
  }

  const SourcePtr& source_;
  const ExpressionNames& names_;
  Diagnostics* diagnostics_;
};

[[noreturn]] void fail_at(const Token& token, std::string_view message) {
  throw EvaluationError(with_place(token, message));
}

Value evaluate_expression(const Token& token, const Scope& scope) {
  try {
    return evaluate(*token.expression, scope);
  } catch (const EvaluationError& error) {
    fail_at(token, error.what());
  }
}

Array evaluate_items(const Token& token, const Scope& scope) {
  Array array;
  for (const auto& item : token.items) {
    auto value = evaluate(*item, scope);
    if (item->kind == Token::Kind::expression && value.is_array()) {
      array.insert(array.end(), value.array().begin(), value.array().end());
    } else {
      array.push_back(std::move(value));
    }
  }
  return array;
}

Object evaluate_entries(const Token& token, const Scope& scope) {
  Object object;
  const auto add = [&](const Token& place, std::string name, Value value) {
    if (object.find(name)) fail_at(place, fmt::format("'{}' is already defined", name));
    object.set(std::move(name), std::move(value));
  };
  for (const auto& [key, value] : token.entries) {
    auto evaluated = evaluate(*value, scope);
    if (key->kind != Token::Kind::insert) {
      add(*key, evaluate_string(*key, scope), std::move(evaluated));
      continue;
    }
    if (!evaluated.is_object()) fail_at(*value, "Expected a mapping");
    for (const auto& [name, member] : evaluated.object()) add(*value, name, member);
  }
  return object;
}

}  // namespace

bool Token::is_literal() const {
  const auto literal = [](const TokenPtr& token) { return token->is_literal(); };
  if (kind == Kind::expression || kind == Kind::insert) return false;
  return std::all_of(items.begin(), items.end(), literal) &&
         std::all_of(entries.begin(), entries.end(), [&](const auto& entry) {
           return literal(entry.first) && literal(entry.second);
         });
}

const Token* Token::find(std::string_view key) const {
  for (const auto& [name, value] : entries) {
    if (name->kind == Kind::string && equal_ignoring_case(name->text, key)) return value.get();
  }
  return nullptr;
}

Value evaluate(const Token& token, const Scope& scope) {
  switch (token.kind) {
    case Token::Kind::null:
      return Value();
    case Token::Kind::boolean:
      return Value(token.boolean);
    case Token::Kind::number:
      return Value(token.number);
    case Token::Kind::string:
      return Value(token.text);
    case Token::Kind::sequence:
      return Value(evaluate_items(token, scope));
    case Token::Kind::mapping:
      return Value(evaluate_entries(token, scope));
    case Token::Kind::expression:
      return evaluate_expression(token, scope);
    case Token::Kind::insert:
      break;
  }
  fail_at(token, "The expression directive 'insert' is not supported in this context");
}

std::string evaluate_string(const Token& token, const Scope& scope) {
  const auto value = evaluate(token, scope);
  if (value.is_array()) fail_at(token, "A sequence was not expected");
  if (value.is_object()) fail_at(token, "A mapping was not expected");
  return value.to_string();
}

TokenPtr make_token(const SourcePtr& source, const Node& node, const ExpressionNames& names) {
  return Maker(source, names, nullptr).make(node);
}

TokenPtr make_token(
    const SourcePtr& source,
    const Node& node,
    const ExpressionNames& names,
    Diagnostics& diagnostics) {
  return Maker(source, names, &diagnostics).make(node);
}

std::string with_place(const Token& token, std::string_view message) {
  if (!token.source) return std::string(message);
  return fmt::format(
      "{} (Line: {}, Col: {}): {}",
      token.source->path(),
      token.span.begin.line,
      token.span.begin.column,
      message);
}

std::vector<TextPiece> split_text(std::string_view text, const ExpressionNames& names) {
  std::vector<TextPiece> pieces;
  for (const auto& segment : split(text)) {
    auto& piece = pieces.emplace_back();
    piece.offset = segment.offset;
    if (segment.is_expression) {
      piece.expression = Expression::parse(segment.text, names);
    } else {
      piece.literal = segment.text;
    }
  }
  return pieces;
}

}  // namespace crun::workflow
