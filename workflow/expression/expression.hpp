// `${{ ... }}`: parsed once, evaluated many times. Knows nothing of where contexts come from.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "workflow/expression/value.hpp"

namespace crun::workflow {

/// A function besides the built-in ones: success(), hashFiles(), ...
struct FunctionSignature {
  std::string name;
  int min_arguments = 0;
  int max_arguments = 0;
};

/// What an expression may name. An unknown name or function is a *parse* error, even in a branch
/// that is never evaluated.
struct ExpressionNames {
  std::vector<std::string> contexts;
  std::vector<FunctionSignature> functions;
};

/// The text is no expression. what() is GitHub's message with its position:
/// "Unrecognized named-value: 'x'. Located at position 1 within expression: x".
class ExpressionError : public std::runtime_error {
 public:
  enum class Stage { lexing, parsing };

  ExpressionError(Stage stage, const std::string& message, int position)
      : std::runtime_error(message), stage_(stage), position_(position) {}

  Stage stage() const { return stage_; }
  /// 1-based, in code units of the expression; 0 where there is none.
  int position() const { return position_; }

 private:
  Stage stage_;
  int position_;
};

/// Evaluating failed: fromJSON of something that is no JSON, a bad format string, too much memory.
class EvaluationError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

struct ExpressionNode;  // the tree, private to the folder

class Expression {
 public:
  /// The empty expression.
  Expression() = default;
  /// Throws ExpressionError. An empty text is the expression null.
  static Expression parse(std::string_view text, const ExpressionNames& names);

  const std::string& text() const;
  const ExpressionNode* root() const { return root_.get(); }

  /// Names used as contexts, lower-cased, each once: {"github", "needs"}.
  std::vector<std::string> context_names() const;
  /// Functions called anywhere in the tree, the same way: {"contains", "success"}.
  std::vector<std::string> function_names() const;
  /// Is one of these functions called anywhere in the tree? (names ignoring case)
  bool calls(const std::vector<std::string>& functions) const;
  /// Dotted paths that are read, as far as they are literal: "needs.filter.outputs.services", in
  /// the order of the text. The context is in lower case, the rest as written; a filter or a
  /// computed index ends a path with ".*".
  std::vector<std::string> paths() const;
  /// True and the text if the whole expression is one string literal.
  const std::string* literal() const;

 private:
  std::shared_ptr<const ExpressionNode> root_;
};

/// Arguments arrive evaluated. May throw EvaluationError.
using Function = std::function<Value(const std::vector<Value>&)>;

/// What names mean while evaluating. Functions are looked up by lower-case name.
struct Scope {
  Object contexts;
  std::map<std::string, Function> functions;
  /// Makes a context that stands in `contexts` as null, when an expression first reads it: most
  /// steps read few. What it returns lives as long as it does.
  std::function<const Value&(std::string_view)> late;

  /// What a name means, or null where it is not known.
  const Value* context(std::string_view name) const;
};

/// Throws EvaluationError.
Value evaluate(const Expression& expression, const Scope& scope);

}  // namespace crun::workflow
