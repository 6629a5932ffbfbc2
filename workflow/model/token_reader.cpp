#include "workflow/model/token_reader.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "workflow/expression/value.hpp"
#include "workflow/model/expression_mistakes.hpp"
#include "workflow/model/key_help.hpp"
#include "workflow/model/shape_match.hpp"

namespace crun::workflow {

namespace {

using schema::Names;
using schema::Place;

// GitHub's estimate of what its objects take (.NET): an object, a string's head, two bytes a unit.
constexpr std::size_t object_bytes = 24;
constexpr std::size_t string_bytes = 26;

constexpr auto not_allowed = "A template expression is not allowed in this context";

struct LimitHit {
  std::string message;
};

struct IgnoringCase {
  bool operator()(const std::string& left, const std::string& right) const {
    return compare_ignoring_case(left, right) < 0;
  }
};

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

using MutableToken = std::shared_ptr<Token>;

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

  std::size_t bytes() const { return bytes_; }

 private:
  /// A mapping while its entries are read.
  struct Mapping {
    const Node& node;
    const Place& place;
    Names names;
    MutableToken token;
    ShapeMatch shapes;
    std::vector<std::string> present;  // keys, also unknown ones
    /// Of each key the indices of its entry in the node and in the token.
    std::map<std::string, std::pair<std::size_t, std::size_t>, IgnoringCase> seen;
    bool has_expression_key = false;
  };

  TokenPtr read(const Node& node, const Place& place, Names around, const Node* key = nullptr);
  MutableToken read_scalar(const Node& node, const Place& place, Names names, const Node* key);
  MutableToken read_sequence(const Node& node, const Place& place, Names names);
  MutableToken read_mapping(const Node& node, const Place& place, Names names);

  MutableToken literal(const Node& node, const Node* key) const;
  MutableToken parse_scalar(const Node& node, Names names, const Node* key);
  void check_literal(Token& token, const Place& place, Names names, const Node* key);
  void check_condition(const Token& token, Names names);

  void read_entry(Mapping& mapping, std::size_t index);
  void read_expression_entry(Mapping& mapping, const MutableToken& key, const NodeEntry& entry);
  void read_duplicate(Mapping& mapping, const Token& key, const NodeEntry& entry);
  /// The place of a key's value; null after an error.
  const Place* match_key(Mapping& mapping, const Token& key);
  void check_shape(const Mapping& mapping);
  void report_duplicate(const NodeEntry& first, const NodeEntry& second, const Token& second_key);

  MutableToken make(Token::Kind kind, Span span) const;
  Diagnostic& error(const Token& token, std::string code, std::string message);
  void report_expression(Span span, std::string message, Names names);
  void take_bytes(const Token& token);
  void take(std::size_t bytes);

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
  if (++depth_ > options_.depth) throw LimitHit{"Maximum object depth exceeded"};
  auto token = node.kind == Node::Kind::sequence ? read_sequence(node, place, names)
                                                 : read_mapping(node, place, names);
  --depth_;
  return token;
}

// -- scalars --------------------------------------------------------------------------------------

MutableToken TokenReader::read_scalar(
    const Node& node, const Place& place, Names names, const Node* key) {
  auto token = parse_scalar(node, names, key);
  if (token->kind == Token::Kind::insert) {
    error(*token, "unexpected-value", fmt::format("Unexpected value '{}'", token->raw));
  } else if (token->kind != Token::Kind::expression) {
    check_literal(*token, place, names, key);
  } else if (names == 0) {
    error(*token, "expression", not_allowed);
  }
  take_bytes(*token);
  return token;
}

MutableToken TokenReader::literal(const Node& node, const Node* key) const {
  auto token = make(literal_kind(node.kind), place_of(*source_, node, key));
  token->raw = node.text;
  token->boolean = node.boolean;
  token->number = node.number;
  if (token->kind == Token::Kind::string) token->text = node.text;
  return token;
}

MutableToken TokenReader::parse_scalar(const Node& node, Names names, const Node* key) {
  if (node.kind != Node::Kind::string || node.text.find("${{") == std::string::npos) {
    return literal(node, key);
  }
  const auto& known = schema::expression_names(names);
  try {
    return std::make_shared<Token>(*make_token(source_, node, known));
  } catch (const ExpressionError& failure) {
    auto token = literal(node, key);
    std::vector<ExpressionMistake> mistakes;
    if (options_.exact_places && !diagnostics_.full()) {
      mistakes = expression_mistakes(*source_, node.span.begin, node.text, known);
    }
    for (auto& [place, message] : mistakes) report_expression({place, place}, message, names);
    if (mistakes.empty()) report_expression(token->span, failure.what(), names);
    return token;
  }
}

/// A literal of another kind becomes text where text is wanted: `version: 1.10` is '1.1'.
void TokenReader::check_literal(Token& token, const Place& place, Names names, const Node* key) {
  using enum Token::Kind;
  if (token.kind == null && (place.scalars & schema::null)) return;
  if (token.kind == boolean && (place.scalars & schema::boolean)) return;
  if (token.kind == number && (place.scalars & schema::number)) return;
  const auto text = literal_text(token);
  // `${{ '' }}` is a literal to GitHub too, but one that its author means to be nothing.
  const bool filled = !text.empty() || token.raw.find("${{") != std::string::npos;
  const bool fits = (place.scalars & schema::text) ||
                    ((place.scalars & schema::filled_text) && filled) ||
                    std::find(place.values.begin(), place.values.end(), text) != place.values.end();
  if (!fits) {
    auto& finding = error(token, "unexpected-value", fmt::format("Unexpected value '{}'", text));
    if (!diagnostics_.full()) {
      finding.help = unknown_value_help(key ? key->text : "", text, place);
    }
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
    report_expression(token.span, failure.what(), names);
  }
}

// -- sequences ------------------------------------------------------------------------------------

MutableToken TokenReader::read_sequence(const Node& node, const Place& place, Names names) {
  auto token = make(Token::Kind::sequence, node.span);
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

MutableToken TokenReader::read_mapping(const Node& node, const Place& place, Names names) {
  auto token = make(Token::Kind::mapping, node.span);
  take_bytes(*token);
  if (place.shapes.empty()) {
    error(*token, "unexpected-mapping", "A mapping was not expected");
    return token;
  }
  Mapping mapping{
      node, place, names, token, ShapeMatch(place, options_.background_steps), {}, {}, false};
  for (std::size_t i = 0; i < node.entries.size(); ++i) read_entry(mapping, i);
  check_shape(mapping);
  return token;
}

void TokenReader::read_entry(Mapping& mapping, std::size_t index) {
  const auto& entry = mapping.node.entries[index];
  auto key = parse_scalar(*entry.key, mapping.names, nullptr);
  if (is_expression(*key)) return read_expression_entry(mapping, key, entry);
  key->text = literal_text(*key);
  key->kind = Token::Kind::string;
  auto& entries = mapping.token->entries;
  const auto [seen, fresh] = mapping.seen.emplace(key->text, std::pair(index, entries.size()));
  if (!fresh) return read_duplicate(mapping, *key, entry);
  const auto* place = match_key(mapping, *key);
  mapping.present.push_back(key->text);
  if (!place) {
    seen->second.second = static_cast<std::size_t>(-1);
    return;
  }
  take_bytes(*key);
  entries.emplace_back(key, read(*entry.value, *place, mapping.names, entry.key.get()));
}

void TokenReader::read_expression_entry(
    Mapping& mapping, const MutableToken& key, const NodeEntry& entry) {
  mapping.has_expression_key = true;
  if (mapping.names == 0) {
    error(*key, "expression", not_allowed);
    return;
  }
  take_bytes(*key);
  const auto& place = mapping.shapes.has_keys() ? schema::any : *mapping.shapes.others();
  mapping.token->entries.emplace_back(
      key, read(*entry.value, place, mapping.names, entry.key.get()));
}

/// After the error the two values are read as one, if they can be.
void TokenReader::read_duplicate(Mapping& mapping, const Token& key, const NodeEntry& entry) {
  const auto [first, at] = mapping.seen.at(key.text);
  const auto& first_entry = mapping.node.entries[first];
  report_duplicate(first_entry, entry, key);
  if (diagnostics_.full()) return;
  auto& entries = mapping.token->entries;
  if (at >= entries.size() || !joinable(*first_entry.value, *entry.value)) return;
  const auto* place = match_key(mapping, key);
  if (!place) return;
  const auto more = read(*entry.value, *place, mapping.names, entry.key.get());
  auto joined = std::make_shared<Token>(*entries[at].second);
  joined->entries.insert(joined->entries.end(), more->entries.begin(), more->entries.end());
  entries[at].second = joined;
}

const Place* TokenReader::match_key(Mapping& mapping, const Token& key) {
  if (const auto* place = mapping.shapes.match(key.text)) return place;
  if (const auto* others = mapping.shapes.others()) {
    if (key.text.empty() && !mapping.shapes.allows_empty_keys()) {
      error(key, "unexpected-value", "Unexpected value ''").help = "a name cannot be empty";
    }
    return others;
  }
  auto message = fmt::format("Unexpected value '{}'", key.text);
  const bool read_over = mapping.place.ignores_unknown_keys && !options_.strict;
  auto& finding = read_over ? diagnostics_.warning(source_, key.span, "unknown-key", message)
                            : error(key, "unknown-key", message);
  if (diagnostics_.full()) return nullptr;
  finding.help = unknown_key_help(key.text, mapping.shapes.shapes(), mapping.present);
  return nullptr;
}

void TokenReader::check_shape(const Mapping& mapping) {
  const auto& token = *mapping.token;
  if (mapping.shapes.shapes().size() > 1) {
    const bool has_unknown_key = mapping.present.size() > token.entries.size();
    if (options_.terse && has_unknown_key) return;
    error(
        token,
        "missing-key",
        fmt::format(
            "There's not enough info to determine what you meant. Add one of these properties: {}",
            fmt::join(mapping.shapes.deciding_keys(), ", ")));
    return;
  }
  if (mapping.has_expression_key) return;
  for (const auto key : mapping.shapes.missing_keys(mapping.present)) {
    error(token, "missing-key", fmt::format("Required property is missing: {}", key)).help =
        missing_key_help(key);
  }
}

void TokenReader::report_duplicate(
    const NodeEntry& first, const NodeEntry& second, const Token& second_key) {
  const auto& name = second_key.text;
  if (diagnostics_.full()) {  // to compare and to join costs the length of both
    error(second_key, "duplicate-key", fmt::format("'{}' is already defined", name));
    return;
  }
  const bool harmless = options_.lenient && joinable(*first.value, *second.value);
  auto message = fmt::format("'{}' is already defined", name);
  auto& finding = harmless
                      ? diagnostics_.warning(source_, second_key.span, "duplicate-key", message)
                      : error(second_key, "duplicate-key", message);
  finding.notes.push_back(
      {source_, first.key->span, fmt::format("'{}' is defined here first", first.key->text)});
  const auto block = joined_block(*source_, first, second);
  finding.help = block.empty() ? fmt::format("a mapping has each key once; remove one '{}'", name)
                               : "write both in one block:\n" + block;
}

// -- findings and limits --------------------------------------------------------------------------

MutableToken TokenReader::make(Token::Kind kind, Span span) const {
  auto token = std::make_shared<Token>();
  token->kind = kind;
  token->span = span;
  token->source = source_;
  return token;
}

Diagnostic& TokenReader::error(const Token& token, std::string code, std::string message) {
  return diagnostics_.error(source_, token.span, std::move(code), std::move(message));
}

void TokenReader::report_expression(Span span, std::string message, Names names) {
  auto help = diagnostics_.full() ? std::string() : unknown_name_help(message, names);
  diagnostics_.error(source_, span, "expression", std::move(message)).help = std::move(help);
}

void TokenReader::take_bytes(const Token& token) {
  const bool has_text = token.kind == Token::Kind::string || token.kind == Token::Kind::expression;
  take(object_bytes + (has_text ? string_bytes + 2 * utf16_units(token.text) : 0));
}

void TokenReader::take(std::size_t bytes) {
  bytes_ += bytes;
  if (bytes_ > options_.bytes) throw LimitHit{"Maximum object size exceeded"};
}

}  // namespace

std::size_t utf16_units(std::string_view text) {
  std::size_t units = 0;
  for (const char byte : text) {
    const auto unit = static_cast<unsigned char>(byte);
    if ((unit & 0xC0) != 0x80) ++units;
    if (unit >= 0xF0) ++units;
  }
  return units;
}

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
