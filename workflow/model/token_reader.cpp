#include "workflow/model/token_reader.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "workflow/expression/value.hpp"
#include "workflow/model/key_help.hpp"
#include "workflow/yaml/scalar_place.hpp"

namespace crun::workflow {

namespace {

using schema::Names;
using schema::Place;
using schema::Shape;

// GitHub's estimate of what its objects take (.NET): an object, a string's head, two bytes a unit.
constexpr std::size_t object_bytes = 24;
constexpr std::size_t string_bytes = 26;

struct LimitHit {
  std::string message;
};

struct IgnoringCase {
  bool operator()(const std::string& left, const std::string& right) const {
    return compare_ignoring_case(left, right) < 0;
  }
};

std::size_t utf16_units(std::string_view text) {
  std::size_t units = 0;
  for (const char byte : text) {
    const auto unit = static_cast<unsigned char>(byte);
    if ((unit & 0xC0) != 0x80) ++units;
    if (unit >= 0xF0) ++units;
  }
  return units;
}

/// A scalar as GitHub writes it where text is wanted.
std::string literal_text(const Token& token) {
  switch (token.kind) {
    case Token::Kind::boolean:
      return token.boolean ? "true" : "false";
    case Token::Kind::number:
      return format_number(token.number);
    case Token::Kind::null:
      return "";
    default:
      return token.text;
  }
}

Token::Kind literal_kind(Node::Kind kind) {
  switch (kind) {
    case Node::Kind::boolean:
      return Token::Kind::boolean;
    case Node::Kind::number:
      return Token::Kind::number;
    case Node::Kind::null:
      return Token::Kind::null;
    default:
      return Token::Kind::string;
  }
}

bool is_expression(const Token& token) {
  return token.kind == Token::Kind::expression || token.kind == Token::Kind::insert;
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view space = " \t\r\n";
  const auto first = text.find_first_not_of(space);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(space) - first + 1);
}

/// A value that is not written has no place of its own: GitHub's is right behind the colon, or
/// where a comment begins.
Span place_of(const SourceFile& source, const Node& node, const Node* key) {
  const bool written = node.kind != Node::Kind::null || !node.text.empty();
  if (written || !key) return node.span;
  Position behind{key->span.end.line, key->span.end.column + 1};
  const auto rest = std::string_view(source.text()).substr(source.offset(behind));
  const auto spaces = std::min(rest.find_first_not_of(' '), rest.size());
  if (rest.substr(spaces).starts_with('#')) behind.column += static_cast<int>(spaces);
  return {behind, behind};
}

class TokenReader {
 public:
  TokenReader(
      const SourcePtr& source,
      Diagnostics& diagnostics,
      const TokenReaderOptions& options,
      std::size_t bytes)
      : source_(source), diagnostics_(diagnostics), options_(options), bytes_(bytes) {}

  TokenPtr read_file(const Node& root, const Place& place) {
    take(string_bytes + 2 * utf16_units(source_->path()));
    return read(root, place, 0);
  }

  TokenPtr read(const Node& node, const Place& place, Names around, const Node* key = nullptr);

  std::size_t bytes() const { return bytes_; }

 private:
  using Token_ = std::shared_ptr<Token>;

  Token_ literal(const Node& node, const Node* key) const;
  Token_ parse_scalar(const Node& node, Names names, const Node* key);
  bool report_each(const Token& token, Names names);
  Token_ read_scalar(const Node& node, const Place& place, Names names, const Node* key);
  Token_ read_sequence(const Node& node, const Place& place, Names names);
  Token_ read_mapping(const Node& node, const Place& place, Names names);
  void check_literal(Token& token, const Place& place, Names names);
  void check_condition(const Token& token, Names names);
  void check_shapes(
      const Token& mapping,
      const std::vector<Shape>& shapes,
      bool has_expression_key,
      const std::vector<std::string>& present);
  /// The place of a key's value; null after an error. Drops the shapes that lack the key.
  const Place* match_key(
      const Token& key,
      const Place& place,
      std::vector<Shape>& shapes,
      const std::vector<std::string>& present);
  bool known(const schema::Key& key) const;
  void report_duplicate(const NodeEntry& first, const NodeEntry& second, const Token& second_key);

  Diagnostic& error(const Token& token, std::string code, std::string message) {
    return diagnostics_.error(source_, token.span, std::move(code), std::move(message));
  }

  void report(Span span, std::string message, Names names) {
    auto help = unknown_name_help(message, names);
    diagnostics_.error(source_, span, "expression", std::move(message)).help = std::move(help);
  }

  void take_bytes(const Token& token) {
    const bool has_text =
        token.kind == Token::Kind::string || token.kind == Token::Kind::expression;
    take(object_bytes + (has_text ? string_bytes + 2 * utf16_units(token.text) : 0));
  }

  void take(std::size_t bytes) {
    bytes_ += bytes;
    if (bytes_ > options_.bytes) throw LimitHit{"Maximum object size exceeded"};
  }

  void enter() {
    if (++depth_ > options_.depth) throw LimitHit{"Maximum object depth exceeded"};
  }

  SourcePtr source_;
  Diagnostics& diagnostics_;
  TokenReaderOptions options_;
  int depth_ = 0;
  std::size_t values_ = 0;
  std::size_t bytes_;
};

TokenPtr TokenReader::read(const Node& node, const Place& place, Names around, const Node* key) {
  if (++values_ > options_.values) {
    throw LimitHit{
        "Maximum events exceeded while evaluating the template. This may indicate an infinite loop "
        "or too many nested loops."};
  }
  const Names names = around | place.names;
  if (node.is_scalar()) return read_scalar(node, place, names, key);
  enter();
  auto token = node.kind == Node::Kind::sequence ? read_sequence(node, place, names)
                                                 : read_mapping(node, place, names);
  --depth_;
  return token;
}

// -- scalars --------------------------------------------------------------------------------------

TokenReader::Token_ TokenReader::literal(const Node& node, const Node* key) const {
  auto token = std::make_shared<Token>();
  token->kind = literal_kind(node.kind);
  token->span = place_of(*source_, node, key);
  token->source = source_;
  token->raw = node.text;
  token->boolean = node.boolean;
  token->number = node.number;
  if (token->kind == Token::Kind::string) token->text = node.text;
  return token;
}

TokenReader::Token_ TokenReader::parse_scalar(const Node& node, Names names, const Node* key) {
  if (node.kind != Node::Kind::string || node.text.find("${{") == std::string::npos) {
    return literal(node, key);
  }
  try {
    return std::make_shared<Token>(*make_token(source_, node, schema::expression_names(names)));
  } catch (const ExpressionError& failure) {
    auto token = literal(node, key);
    if (!options_.exact_places || !report_each(*token, names)) {
      report(token->span, failure.what(), names);
    }
    return token;
  }
}

/// Reports the expressions of a text one by one at their own places. False: none is wrong alone.
bool TokenReader::report_each(const Token& token, Names names) {
  const auto& text = token.raw;
  bool reported = false;
  for (auto open = text.find("${{"); open != std::string::npos;) {
    const auto place = place_in_scalar(*source_, token.span.begin, text, open);
    const auto tell = [&](const std::string& message) {
      report({place, place}, message, names);
      reported = true;
    };
    auto end = open + 3;
    for (bool in_string = false; end < text.size(); ++end) {
      if (text[end] == '\'') in_string = !in_string;
      if (!in_string && text.compare(end, 2, "}}") == 0) break;
    }
    if (end >= text.size()) {
      tell(
          "The expression is not closed. An unescaped ${{ sequence was found, but the closing }} "
          "sequence was not found.");
      break;
    }
    const auto inside = trimmed(std::string_view(text).substr(open + 3, end - open - 3));
    if (inside.empty()) {
      tell("An expression was expected");
    } else if (inside != "insert") {
      try {
        Expression::parse(inside, schema::expression_names(names));
      } catch (const ExpressionError& failure) {
        tell(failure.what());
      }
    }
    open = text.find("${{", end);
  }
  return reported;
}

TokenReader::Token_ TokenReader::read_scalar(
    const Node& node, const Place& place, Names names, const Node* key) {
  auto token = parse_scalar(node, names, key);
  if (token->kind == Token::Kind::insert) {
    error(*token, "unexpected-value", fmt::format("Unexpected value '{}'", token->raw));
  } else if (token->kind == Token::Kind::expression) {
    if (names == 0) {
      error(*token, "expression", "A template expression is not allowed in this context");
    }
  } else {
    check_literal(*token, place, names);
  }
  take_bytes(*token);
  return token;
}

/// A literal of another kind becomes text where text is wanted: `version: 1.10` is '1.1'.
void TokenReader::check_literal(Token& token, const Place& place, Names names) {
  using enum Token::Kind;
  if (token.kind == null && (place.scalars & schema::null)) return;
  if (token.kind == boolean && (place.scalars & schema::boolean)) return;
  if (token.kind == number && (place.scalars & schema::number)) return;
  const auto text = literal_text(token);
  const bool fits = (place.scalars & schema::text) ||
                    ((place.scalars & schema::filled_text) && !text.empty()) ||
                    std::find(place.values.begin(), place.values.end(), text) != place.values.end();
  if (!fits) {
    error(token, "unexpected-value", fmt::format("Unexpected value '{}'", text)).help =
        unknown_value_help(text, place);
    return;
  }
  token.kind = string;
  token.text = text;
  if (place.condition) check_condition(token, names);
}

void TokenReader::check_condition(const Token& token, Names names) {
  if (token.raw.find("${{") != std::string::npos) return;  // has had its error
  try {
    Expression::parse(token.text, schema::expression_names(names));
  } catch (const ExpressionError& failure) {
    report(token.span, failure.what(), names);
  }
}

// -- sequences ------------------------------------------------------------------------------------

TokenReader::Token_ TokenReader::read_sequence(const Node& node, const Place& place, Names names) {
  auto token = std::make_shared<Token>();
  token->kind = Token::Kind::sequence;
  token->span = node.span;
  token->source = source_;
  take_bytes(*token);
  if (!place.items) {
    error(*token, "unexpected-sequence", "A sequence was not expected");
    return token;
  }
  token->items.reserve(node.items.size());
  for (const auto& item : node.items) token->items.push_back(read(*item, *place.items, names));
  return token;
}

// -- mappings -------------------------------------------------------------------------------------

TokenReader::Token_ TokenReader::read_mapping(const Node& node, const Place& place, Names names) {
  auto token = std::make_shared<Token>();
  token->kind = Token::Kind::mapping;
  token->span = node.span;
  token->source = source_;
  take_bytes(*token);
  if (place.shapes.empty()) {
    error(*token, "unexpected-mapping", "A mapping was not expected");
    return token;
  }
  std::vector<Shape> shapes(place.shapes.begin(), place.shapes.end());
  std::vector<std::string> present;
  std::map<std::string, std::pair<std::size_t, std::size_t>, IgnoringCase> seen;  // entry, token
  bool has_expression_key = false;
  for (std::size_t i = 0; i < node.entries.size(); ++i) {
    const auto& entry = node.entries[i];
    auto key = parse_scalar(*entry.key, names, nullptr);
    if (is_expression(*key)) {
      has_expression_key = true;
      if (names == 0) {
        error(*key, "expression", "A template expression is not allowed in this context");
        continue;
      }
      take_bytes(*key);
      const bool named = !shapes.front().keys.empty() || shapes.size() > 1;
      const Place& value = named ? schema::any : *shapes.front().others;
      token->entries.emplace_back(key, read(*entry.value, value, names, entry.key.get()));
      continue;
    }
    key->text = literal_text(*key);
    key->kind = Token::Kind::string;
    const auto earlier = seen.find(key->text);
    if (earlier != seen.end()) {
      const auto [first, at] = earlier->second;
      report_duplicate(node.entries[first], entry, *key);
      const bool read_already = at < token->entries.size();
      if (read_already && joinable(*node.entries[first].value, *entry.value)) {
        if (const auto* value = match_key(*key, place, shapes, present)) {
          const auto more = read(*entry.value, *value, names, entry.key.get());
          auto joined = std::make_shared<Token>(*token->entries[at].second);
          joined->entries.insert(joined->entries.end(), more->entries.begin(), more->entries.end());
          token->entries[at].second = joined;
        }
      }
      continue;
    }
    seen.emplace(key->text, std::pair(i, token->entries.size()));
    const auto* value = match_key(*key, place, shapes, present);
    present.push_back(key->text);
    if (!value) {
      seen[key->text].second = static_cast<std::size_t>(-1);
      continue;
    }
    take_bytes(*key);
    token->entries.emplace_back(key, read(*entry.value, *value, names, entry.key.get()));
  }
  check_shapes(*token, shapes, has_expression_key, present);
  return token;
}

bool TokenReader::known(const schema::Key& key) const {
  static constexpr std::string_view behind_the_flag[] = {
      "background", "wait", "wait-all", "cancel"};
  return options_.background_steps ||
         std::find(std::begin(behind_the_flag), std::end(behind_the_flag), key.name) ==
             std::end(behind_the_flag);
}

const Place* TokenReader::match_key(
    const Token& key,
    const Place& place,
    std::vector<Shape>& shapes,
    const std::vector<std::string>& present) {
  const auto find = [&](const Shape& shape) -> const Place* {
    for (const auto& candidate : shape.keys) {
      if (candidate.name == key.text && known(candidate)) return candidate.value;
    }
    return nullptr;
  };
  const Place* value = nullptr;
  for (const auto& shape : shapes) {
    value = find(shape);
    if (value) break;
  }
  if (value) {
    std::erase_if(shapes, [&](const Shape& shape) { return !find(shape); });
    return value;
  }
  const auto& shape = shapes.front();
  if (shape.others) {
    if (key.text.empty() && !shape.empty_keys) {
      error(key, "unexpected-value", "Unexpected value ''").help = "a name cannot be empty";
    }
    return shape.others;
  }
  auto message = fmt::format("Unexpected value '{}'", key.text);
  const bool read_over = place.ignores_unknown_keys && !options_.strict;
  auto& finding = read_over ? diagnostics_.warning(source_, key.span, "unknown-key", message)
                            : error(key, "unknown-key", message);
  finding.help = unknown_key_help(key.text, shapes, present);
  return nullptr;
}

void TokenReader::check_shapes(
    const Token& mapping,
    const std::vector<Shape>& shapes,
    bool has_expression_key,
    const std::vector<std::string>& present) {
  if (shapes.size() > 1) {
    // The keys that would decide: those that only one of the shapes has.
    std::map<std::string_view, int> shapes_with;
    for (const auto& shape : shapes) {
      for (const auto& key : shape.keys) {
        if (known(key)) ++shapes_with[key.name];
      }
    }
    std::vector<std::string_view> deciding;
    for (const auto& [key, count] : shapes_with) {
      if (count == 1) deciding.push_back(key);
    }
    error(
        mapping,
        "missing-key",
        fmt::format(
            "There's not enough info to determine what you meant. Add one of these properties: {}",
            fmt::join(deciding, ", ")));
    return;
  }
  if (has_expression_key) return;
  for (const auto& key : shapes.front().keys) {
    const auto same = [&](const std::string& name) {
      return compare_ignoring_case(name, key.name) == 0;
    };
    if (!key.required || std::any_of(present.begin(), present.end(), same)) continue;
    error(mapping, "missing-key", fmt::format("Required property is missing: {}", key.name));
  }
}

void TokenReader::report_duplicate(
    const NodeEntry& first, const NodeEntry& second, const Token& second_key) {
  const auto& name = second_key.text;
  const bool joins = joinable(*first.value, *second.value);
  auto message = fmt::format("'{}' is already defined", name);
  auto& finding = options_.lenient && joins
                      ? diagnostics_.warning(source_, second_key.span, "duplicate-key", message)
                      : error(second_key, "duplicate-key", message);
  finding.notes.push_back(
      {source_, first.key->span, fmt::format("'{}' is defined here first", first.key->text)});
  const auto block = joined_block(*source_, first, second);
  finding.help = block.empty() ? fmt::format("a mapping has each key once; remove one '{}'", name)
                               : "write both in one block:\n" + block;
}

}  // namespace

TokenPtr read_tokens(
    const SourcePtr& source,
    const Node& node,
    const schema::Place& place,
    Diagnostics& diagnostics,
    const TokenReaderOptions& options,
    std::size_t* bytes) {
  TokenReader reader(source, diagnostics, options, bytes ? *bytes : 0);
  TokenPtr token;
  try {
    token = reader.read_file(node, place);
  } catch (const LimitHit& hit) {
    diagnostics.error(source, {}, "limit", hit.message);
  }
  if (bytes) *bytes = reader.bytes();
  return token;
}

}  // namespace crun::workflow
