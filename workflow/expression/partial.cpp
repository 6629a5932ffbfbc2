// Kleene's logic of three values over `&&`, `||` and `!`; anything else is known when all that it
// reads is.
#include "workflow/expression/partial.hpp"

#include <algorithm>

#include "workflow/expression/evaluator.hpp"
#include "workflow/expression/syntax.hpp"

namespace crun::workflow {

namespace {

class PartialEvaluation {
 public:
  PartialEvaluation(const ExpressionNode& tree, const Scope& scope, const Known& known)
      : tree_(tree), scope_(scope), known_(known) {}

  std::optional<bool> truthy(NodeId id) const {
    const auto& node = tree_.node(id);
    switch (node.kind) {
      case SyntaxKind::negate: {
        const auto inner = truthy(node.first_child);
        return inner ? std::optional(!*inner) : std::nullopt;
      }
      case SyntaxKind::both:
        return chain(node, false);
      case SyntaxKind::either:
        return chain(node, true);
      default:
        if (!is_known(id)) return std::nullopt;
        return Evaluator(tree_, scope_).evaluate(id, 0).value().truthy();
    }
  }

 private:
  /// One operand that is `deciding` decides, wherever it stands.
  std::optional<bool> chain(const SyntaxNode& node, bool deciding) const {
    bool all_known = true;
    for (auto child = node.first_child; child != no_node; child = tree_.node(child).next_sibling) {
      const auto operand = truthy(child);
      if (operand == deciding) return deciding;
      all_known = all_known && operand.has_value();
    }
    return all_known ? std::optional(!deciding) : std::nullopt;
  }

  bool is_known(NodeId id) const {
    const auto paths = paths_below(tree_, id);
    const auto functions = functions_below(tree_, id);
    return std::all_of(paths.begin(), paths.end(), known_) &&
           std::all_of(functions.begin(), functions.end(), [&](const std::string& name) {
             return known_(name + "()");
           });
  }

  const ExpressionNode& tree_;
  const Scope& scope_;
  const Known& known_;
};

}  // namespace

std::optional<bool> truthy_so_far(
    const Expression& expression, const Scope& scope, const Known& known) {
  const auto* tree = expression.root();
  if (!tree || tree->root == no_node) return false;
  return PartialEvaluation(*tree, scope, known).truthy(tree->root);
}

}  // namespace crun::workflow
