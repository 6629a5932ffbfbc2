#include "fuzz/second_evaluator.hpp"

#include <cmath>
#include <vector>

#include "workflow/expression/syntax.hpp"
#include "workflow/source/unicode.hpp"

namespace crun::fuzz {

using namespace workflow;

namespace {

struct NoOpinion {};

/// What a node is; a filter's array is told apart from any other.
struct Result {
  Value value;
  bool filtered = false;
};

int order_of(const std::string& left, const std::string& right) {
  const int order = compare_ignoring_case(left, right);
  return order < 0 ? -1 : order > 0 ? 1 : 0;
}

/// -1, 0, 1; 2 where the two cannot be ordered.
int compare(const Value& left, const Value& right, bool equality) {
  if (left.is_string() && right.is_string()) return order_of(left.string(), right.string());
  if (!left.is_primitive() && !right.is_primitive()) {
    if (!equality || left.kind() != right.kind()) return 2;
    const bool same =
        left.is_array() ? &left.array() == &right.array() : &left.object() == &right.object();
    return same ? 0 : 2;
  }
  if (!left.is_primitive() || !right.is_primitive()) return 2;
  if (left.is_null() && right.is_null()) return 0;
  const double a = left.to_number();
  const double b = right.to_number();
  if (std::isnan(a) || std::isnan(b)) return 2;
  return a < b ? -1 : a > b ? 1 : 0;
}

class Walker {
 public:
  Walker(const ExpressionNode& tree, const Object& contexts) : tree_(tree), contexts_(contexts) {}

  Result walk(NodeId id) {
    const auto& node = tree_.node(id);
    switch (node.kind) {
      case SyntaxKind::literal:
        return {node.value};
      case SyntaxKind::named_value: {
        const auto* value = contexts_.find(node.value.string());
        return {value ? *value : Value()};
      }
      case SyntaxKind::wildcard:
        return {Value("*")};
      case SyntaxKind::call:
        return {call(node)};
      case SyntaxKind::index:
        return index(node);
      case SyntaxKind::negate:
        return {Value(!truthy(walk(node.first_child).value))};
      case SyntaxKind::both:
      case SyntaxKind::either:
        return logic(node);
      default:
        return {Value(comparison(node))};
    }
  }

 private:
  static bool truthy(const Value& value) {
    if (value.is_null()) return false;
    if (value.is_boolean()) return value.boolean();
    if (value.is_string()) return !value.string().empty();
    if (value.is_number()) return value.number() < 0 || value.number() > 0;
    return true;
  }

  Result logic(const SyntaxNode& node) {
    Result last;
    for (auto child = node.first_child; child != no_node; child = tree_.node(child).next_sibling) {
      last = walk(child);
      if (truthy(last.value) == (node.kind == SyntaxKind::either)) break;
    }
    return last;
  }

  bool comparison(const SyntaxNode& node) {
    const auto left = walk(node.first_child).value;
    const auto right = walk(node.last_child).value;
    const bool equality = node.kind == SyntaxKind::equal || node.kind == SyntaxKind::not_equal;
    const int order = compare(left, right, equality);
    switch (node.kind) {
      case SyntaxKind::equal:
        return order == 0;
      case SyntaxKind::not_equal:
        return order != 0;
      case SyntaxKind::less:
        return order == -1;
      case SyntaxKind::greater:
        return order == 1;
      case SyntaxKind::less_or_equal:
        return order == -1 || compare(left, right, true) == 0;
      default:
        return order == 1 || compare(left, right, true) == 0;
    }
  }

  static const Value* member(const Value& collection, const Value& index) {
    if (collection.is_object()) {
      return index.is_primitive() ? collection.object().find(index.to_string()) : nullptr;
    }
    if (!collection.is_array()) return nullptr;
    const double place = std::floor(index.to_number());
    const auto size = static_cast<double>(collection.array().size());
    return place >= 0 && place < size ? &collection.array()[static_cast<std::size_t>(place)]
                                      : nullptr;
  }

  static void spread(const Value& collection, Array& out) {
    if (collection.is_array()) {
      for (const auto& item : collection.array()) out.push_back(item);
    }
    if (collection.is_object()) {
      for (const auto& entry : collection.object()) out.push_back(entry.second);
    }
  }

  Result index(const SyntaxNode& node) {
    const auto base = walk(node.first_child);
    const bool all = tree_.node(node.last_child).kind == SyntaxKind::wildcard;
    const auto index = walk(node.last_child).value;
    Array out;
    if (base.filtered) {
      for (const auto& item : base.value.array()) {
        if (all) {
          spread(item, out);
        } else if (const auto* found = member(item, index)) {
          out.push_back(*found);
        }
      }
      return {Value(std::move(out)), true};
    }
    if (all) {
      spread(base.value, out);
      return {Value(std::move(out)), true};
    }
    const auto* found = member(base.value, index);
    return {found ? *found : Value()};
  }

  Value call(const SyntaxNode& node) {
    std::vector<Value> arguments;
    for (auto child = node.first_child; child != no_node; child = tree_.node(child).next_sibling) {
      arguments.push_back(walk(child).value);
    }
    const bool begins = node.function == BuiltinFunction::starts_with;
    if (begins || node.function == BuiltinFunction::ends_with) {
      if (!arguments[0].is_primitive() || !arguments[1].is_primitive()) return Value(false);
      const auto text = fold(arguments[0].to_string());
      const auto part = fold(arguments[1].to_string());
      return Value(begins ? text.starts_with(part) : text.ends_with(part));
    }
    if (node.function == BuiltinFunction::contains) return contains(arguments[0], arguments[1]);
    if (node.function == BuiltinFunction::join) return join(arguments);
    throw NoOpinion();
  }

  static Value contains(const Value& where, const Value& what) {
    if (where.is_array()) {
      for (const auto& item : where.array()) {
        if (item.is_primitive() && what.is_primitive() && compare(item, what, true) == 0) {
          return Value(true);
        }
        if (!item.is_primitive() || !what.is_primitive()) throw NoOpinion();
      }
      return Value(false);
    }
    if (!where.is_primitive() || !what.is_primitive()) return Value(false);
    return Value(fold(where.to_string()).find(fold(what.to_string())) != std::string::npos);
  }

  static Value join(const std::vector<Value>& arguments) {
    const auto separator =
        arguments.size() > 1 ? (arguments[1].is_primitive() ? arguments[1].to_string() : "") : ",";
    if (arguments[0].is_primitive()) return Value(arguments[0].to_string());
    if (!arguments[0].is_array()) return Value("");
    std::string out;
    bool first = true;
    for (const auto& item : arguments[0].array()) {
      if (!first) out += separator;
      first = false;
      if (item.is_primitive()) out += item.to_string();
      if (!item.is_primitive()) throw NoOpinion();
    }
    return Value(out);
  }

  const ExpressionNode& tree_;
  const Object& contexts_;
};

const char* sign(SyntaxKind kind) {
  switch (kind) {
    case SyntaxKind::less:
      return "<";
    case SyntaxKind::less_or_equal:
      return "<=";
    case SyntaxKind::greater:
      return ">";
    case SyntaxKind::greater_or_equal:
      return ">=";
    case SyntaxKind::equal:
      return "==";
    case SyntaxKind::not_equal:
      return "!=";
    case SyntaxKind::both:
      return "&&";
    default:
      return "||";
  }
}

std::string written(const ExpressionNode& tree, NodeId id) {
  const auto& node = tree.node(id);
  const auto children = [&](const char* between) {
    std::string out;
    for (auto child = node.first_child; child != no_node; child = tree.node(child).next_sibling) {
      if (!out.empty()) out += between;
      out += written(tree, child);
    }
    return out;
  };
  switch (node.kind) {
    case SyntaxKind::literal: {
      if (!node.value.is_string()) return tree.text.substr(node.offset, node.length);
      std::string out = "'";
      for (const char c : node.value.string()) out += c == '\'' ? "''" : std::string(1, c);
      return out + "'";
    }
    case SyntaxKind::named_value:
      return node.value.string();
    case SyntaxKind::wildcard:
      return "*";
    case SyntaxKind::call: {
      const auto name = node.function == BuiltinFunction::none
                            ? node.value.string()
                            : std::string(signature_of(node.function).name);
      return name + "(" + children(", ") + ")";
    }
    case SyntaxKind::index:
      return written(tree, node.first_child) + "[" + written(tree, node.last_child) + "]";
    case SyntaxKind::negate:
      return "(!" + written(tree, node.first_child) + ")";
    default:
      return "(" + children((std::string(" ") + sign(node.kind) + " ").c_str()) + ")";
  }
}

}  // namespace

std::optional<Value> evaluate_again(const Expression& expression, const Object& contexts) {
  const auto* tree = expression.root();
  if (!tree || tree->root == no_node) return Value();
  try {
    return Walker(*tree, contexts).walk(tree->root).value;
  } catch (const NoOpinion&) {
    return std::nullopt;
  }
}

std::string with_brackets(const Expression& expression) {
  const auto* tree = expression.root();
  return !tree || tree->root == no_node ? "" : written(*tree, tree->root);
}

}  // namespace crun::fuzz
