// The tree of an expression: nodes in one array, children linked by their places in it. Private to
// this folder.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "workflow/expression/functions.hpp"
#include "workflow/expression/value.hpp"

namespace crun::workflow {

enum class SyntaxKind : std::uint8_t {
  literal,
  named_value,
  wildcard,
  call,
  index,
  negate,
  less,
  less_or_equal,
  greater,
  greater_or_equal,
  equal,
  not_equal,
  both,
  either,
};

/// The place of a node in its tree.
using NodeId = std::int32_t;
constexpr NodeId no_node = -1;

struct SyntaxNode {
  SyntaxKind kind = SyntaxKind::literal;
  BuiltinFunction function =
      BuiltinFunction::none;  // of a call; none: one of the scope's functions
  std::uint16_t depth = 1;    // levels from here down
  std::uint16_t children = 0;
  NodeId first_child = no_node;
  NodeId last_child = no_node;
  NodeId next_sibling = no_node;
  std::uint32_t offset = 0;  // where an operand stands in the text
  std::uint32_t length = 0;
  Value value;  // of a literal; the name of a named value, in lower case that of a scope's function
};

struct ExpressionNode {
  std::string text;
  std::vector<SyntaxNode> nodes;
  NodeId root = no_node;  // none: the empty expression

  const SyntaxNode& node(NodeId id) const { return nodes[static_cast<std::size_t>(id)]; }
  SyntaxNode& node(NodeId id) { return nodes[static_cast<std::size_t>(id)]; }
};

/// Expression::paths() and function_names() of a part of the tree.
std::vector<std::string> paths_below(const ExpressionNode& tree, NodeId root);
std::vector<std::string> functions_below(const ExpressionNode& tree, NodeId root);

}  // namespace crun::workflow
