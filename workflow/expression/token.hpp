// A piece of a workflow that may hold `${{ }}`: a literal, a sequence, a mapping or an expression,
// with its place. A whole subtree (env, matrix, with) is one token, evaluated when its time comes.
//
// GitHub's rule (runner.md 1.1.5): a scalar that is exactly one expression keeps the type of its
// value; text around expressions turns the scalar into format('...{0}...', ...).
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "workflow/expression/expression.hpp"
#include "workflow/source/diagnostic.hpp"
#include "workflow/source/source_file.hpp"
#include "workflow/source/span.hpp"
#include "workflow/yaml/node.hpp"

namespace crun::workflow {

struct Token;
using TokenPtr = std::shared_ptr<const Token>;

struct Token {
  enum class Kind { null, boolean, number, string, sequence, mapping, expression, insert };

  Kind kind = Kind::null;
  Span span;
  SourcePtr source;
  /// Of a scalar its text as GitHub converts it ("1.10" is 1.1, null is empty); of an expression
  /// its text without `${{ }}` (format(...) if mixed).
  std::string text;
  /// The scalar as written, with its `${{ }}`, for messages and for expressions whose place
  /// matters (secrets in scripts).
  std::string raw;
  bool boolean = false;
  double number = 0;
  std::vector<TokenPtr> items;
  std::vector<std::pair<TokenPtr, TokenPtr>> entries;  // keys may be expressions or `insert`
  std::optional<Expression> expression;

  bool is_literal() const;  // no expression anywhere below
  /// The value of a literal string key of a mapping (ignoring case), or null.
  const Token* find(std::string_view key) const;
};

/// Evaluates the whole tree: mappings to objects, sequences to arrays. Spliced in are mappings
/// under
/// `${{ insert }}` and sequences that an item of a sequence evaluates to.
/// Throws EvaluationError whose text names the place: "build.yml (Line: 3, Col: 7): ...".
Value evaluate(const Token& token, const Scope& scope);
/// The same, as text; arrays and objects are an error as in GitHub ("A mapping was not expected").
std::string evaluate_string(const Token& token, const Scope& scope);

/// Splits scalars at `${{ }}` and parses what is inside. Throws ExpressionError.
TokenPtr make_token(const SourcePtr& source, const Node& node, const ExpressionNames& names);
/// The same for a whole tree whose author wants to hear of every mistake: each is an error at its
/// scalar (code "expression"), which then is taken as a plain string.
TokenPtr make_token(
    const SourcePtr& source,
    const Node& node,
    const ExpressionNames& names,
    Diagnostics& diagnostics);

/// "build.yml (Line: 3, Col: 7): " and the message, as GitHub writes it.
std::string with_place(const Token& token, std::string_view message);

/// A script or other text divided where expressions stand, for those that must know what comes from
/// where (secrets in scripts). Throws ExpressionError.
struct TextPiece {
  std::string literal;                   // of a literal piece
  std::optional<Expression> expression;  // of an expression piece
  std::size_t offset = 0;                // of the piece in the raw text (with its ${{), in bytes
};
std::vector<TextPiece> split_text(std::string_view text, const ExpressionNames& names);

}  // namespace crun::workflow
