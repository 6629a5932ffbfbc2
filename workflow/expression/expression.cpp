#include "workflow/expression/expression.hpp"

#include <algorithm>
#include <optional>

#include "workflow/expression/syntax.hpp"
#include "workflow/source/unicode.hpp"

namespace crun::workflow {

namespace {

std::string function_name(const SyntaxNode& node) {
  return node.function == BuiltinFunction::none ? node.value.string()
                                                : lower(signature_of(node.function).name);
}

void add_once(std::vector<std::string>& list, std::string text) {
  if (std::find(list.begin(), list.end(), text) == list.end()) list.push_back(std::move(text));
}

// Walks the tree for Expression::paths; gives the path a node stands for, if it is one.
class PathFinder {
 public:
  explicit PathFinder(const ExpressionNode& tree) : tree_(tree) {}

  std::vector<std::string> run(NodeId root) {
    if (root != no_node) finish(walk(root));
    return std::move(paths_);
  }

 private:
  struct Path {
    std::string text;
    bool open = true;  // a literal index may still be appended
  };

  std::optional<Path> walk(NodeId id) {
    const auto& node = tree_.node(id);
    if (node.kind == SyntaxKind::named_value) return Path{lower(node.value.string())};
    if (node.kind == SyntaxKind::index) return walk_index(node);
    for (auto child = node.first_child; child != no_node; child = tree_.node(child).next_sibling) {
      finish(walk(child));
    }
    return std::nullopt;
  }

  std::optional<Path> walk_index(const SyntaxNode& node) {
    auto path = walk(node.first_child);
    const auto& index = tree_.node(node.last_child);
    const bool literal = index.kind == SyntaxKind::literal;
    if (path && path->open) {
      path->text += '.' + (literal ? index.value.to_string() : "*");
      path->open = literal;
    }
    if (!literal) finish(walk(node.last_child));
    return path;
  }

  void finish(std::optional<Path> path) {
    if (path) add_once(paths_, std::move(path->text));
  }

  const ExpressionNode& tree_;
  std::vector<std::string> paths_;
};

void add_functions(const ExpressionNode& tree, NodeId id, std::vector<std::string>& names) {
  const auto& node = tree.node(id);
  if (node.kind == SyntaxKind::call) add_once(names, function_name(node));
  for (auto child = node.first_child; child != no_node; child = tree.node(child).next_sibling) {
    add_functions(tree, child, names);
  }
}

}  // namespace

std::vector<std::string> paths_below(const ExpressionNode& tree, NodeId root) {
  return PathFinder(tree).run(root);
}

std::vector<std::string> functions_below(const ExpressionNode& tree, NodeId root) {
  std::vector<std::string> names;
  if (root != no_node) add_functions(tree, root, names);
  return names;
}

const std::string& Expression::text() const {
  static const std::string empty;
  return root_ ? root_->text : empty;
}

std::vector<std::string> Expression::context_names() const {
  std::vector<std::string> names;
  if (!root_) return names;
  for (const auto& node : root_->nodes) {
    if (node.kind == SyntaxKind::named_value) add_once(names, lower(node.value.string()));
  }
  return names;
}

std::vector<std::string> Expression::function_names() const {
  std::vector<std::string> names;
  if (!root_) return names;
  for (const auto& node : root_->nodes) {
    if (node.kind == SyntaxKind::call) add_once(names, function_name(node));
  }
  return names;
}

bool Expression::calls(const std::vector<std::string>& functions) const {
  const auto called = function_names();
  return std::any_of(functions.begin(), functions.end(), [&](const std::string& function) {
    return std::find(called.begin(), called.end(), lower(function)) != called.end();
  });
}

std::vector<std::string> Expression::paths() const {
  return root_ ? paths_below(*root_, root_->root) : std::vector<std::string>();
}

const std::string* Expression::literal() const {
  if (!root_ || root_->root == no_node) return nullptr;
  const auto& node = root_->node(root_->root);
  // Not in brackets: GitHub looks at the text.
  const bool quoted = trim(root_->text).starts_with('\'');
  return quoted && node.kind == SyntaxKind::literal ? &node.value.string() : nullptr;
}

const Value* Scope::context(std::string_view name) const {
  const auto* value = contexts.find(name);
  return value && value->is_null() && late ? &late(name) : value;
}

}  // namespace crun::workflow
