// Expression::parse: operator precedence with two explicit stacks, so that ten thousand brackets
// cost no stack of ours. Errors come in the order GitHub finds them, lexing and parsing in one
// pass.
#include <algorithm>
#include <array>
#include <cassert>
#include <cstddef>
#include <memory>
#include <memory_resource>

#include <fmt/format.h>

#include "workflow/expression/expression.hpp"
#include "workflow/expression/functions.hpp"
#include "workflow/expression/lexer.hpp"
#include "workflow/expression/syntax.hpp"
#include "workflow/source/unicode.hpp"

namespace crun::workflow {

namespace {

using Kind = LexemeKind;

constexpr std::size_t max_length = 21'000;
constexpr int max_depth = 50;

bool is_operator(Kind kind) {
  return kind >= Kind::start_group && kind <= Kind::logical_operator && kind != Kind::wildcard;
}

// What waits on the stack for its operands.
struct Operator {
  Kind kind;
  LogicalOperator op;
};

bool is_start(Kind kind) {
  return kind == Kind::start_group || kind == Kind::start_index || kind == Kind::start_parameters;
}

bool is_end(Kind kind) {
  return kind == Kind::end_group || kind == Kind::end_index || kind == Kind::end_parameters;
}

int precedence(Operator waiting) {
  switch (waiting.kind) {
    case Kind::start_group:
      return 20;
    case Kind::start_index:
    case Kind::start_parameters:
    case Kind::dereference:
      return 19;
    case Kind::logical_operator:
      switch (waiting.op) {
        case LogicalOperator::negate:
          return 16;
        case LogicalOperator::less:
        case LogicalOperator::less_or_equal:
        case LogicalOperator::greater:
        case LogicalOperator::greater_or_equal:
          return 11;
        case LogicalOperator::equal:
        case LogicalOperator::not_equal:
          return 10;
        case LogicalOperator::both:
          return 6;
        case LogicalOperator::either:
          return 5;
      }
      return 0;
    default:  // ends and separators
      return 1;
  }
}

SyntaxKind syntax_kind(LogicalOperator op) {
  switch (op) {
    case LogicalOperator::negate:
      return SyntaxKind::negate;
    case LogicalOperator::less:
      return SyntaxKind::less;
    case LogicalOperator::less_or_equal:
      return SyntaxKind::less_or_equal;
    case LogicalOperator::greater:
      return SyntaxKind::greater;
    case LogicalOperator::greater_or_equal:
      return SyntaxKind::greater_or_equal;
    case LogicalOperator::equal:
      return SyntaxKind::equal;
    case LogicalOperator::not_equal:
      return SyntaxKind::not_equal;
    case LogicalOperator::both:
      return SyntaxKind::both;
    case LogicalOperator::either:
      return SyntaxKind::either;
  }
  return SyntaxKind::equal;
}

std::string unquoted(std::string_view quoted) {
  quoted = quoted.substr(1, quoted.size() - 2);
  std::string text;
  while (true) {
    const auto quote = quoted.find("''");
    text += quoted.substr(0, quote);
    if (quote == std::string_view::npos) return text;
    text += '\'';
    quoted.remove_prefix(quote + 2);
  }
}

class Parser {
 public:
  Parser(ExpressionNode& tree, const ExpressionNames& names)
      : tree_(tree), names_(names), lexer_(tree.text, &memory_) {
    operators_.reserve(16);
    operands_.reserve(16);
    tree.nodes.reserve(tree.text.size() / 5 + 1);  // more is rare: names are longer
  }

  void parse() {
    if (tree_.text.size() > max_length && utf16_length(tree_.text) > max_length) {
      throw ExpressionError(
          ExpressionError::Stage::parsing,
          fmt::format("Exceeded max expression length {}", max_length),
          0);
    }
    Lexeme last;
    for (auto lexeme = lexer_.next(); lexeme.kind != Kind::end; lexeme = lexer_.next()) {
      if (lexeme.kind == Kind::malformed) {
        fail(ExpressionError::Stage::lexing, "Unexpected symbol", lexeme);
      }
      if (lexeme.kind == Kind::misplaced) fail("Unexpected symbol", lexeme);
      if (is_operator(lexeme.kind)) {
        push_operator(lexeme, last);
      } else {
        push_operand(lexeme);
      }
      last = lexeme;
    }
    if (last.kind == Kind::none) return;
    const bool dangling = is_operator(last.kind) && !is_end(last.kind);
    if (dangling || lexer_.unclosed()) fail("Unexpected end of expression", last);
    while (!operators_.empty()) reduce();
    assert(operands_.size() == 1);
    tree_.root = operands_.back();
    if (tree_.node(tree_.root).depth > max_depth) {
      throw ExpressionError(
          ExpressionError::Stage::parsing,
          fmt::format("Exceeded max expression depth {}", max_depth),
          0);
    }
  }

 private:
  [[noreturn]] void fail(
      ExpressionError::Stage stage, std::string_view what, const Lexeme& lexeme) const {
    const auto before = std::string_view(tree_.text).substr(0, lexeme.offset);
    const auto position = static_cast<int>(utf16_length(before)) + 1;
    throw ExpressionError(
        stage,
        fmt::format(
            "{}: '{}'. Located at position {} within expression: {}",
            what,
            lexeme.text,
            position,
            tree_.text),
        position);
  }

  [[noreturn]] void fail(std::string_view what, const Lexeme& lexeme) const {
    fail(ExpressionError::Stage::parsing, what, lexeme);
  }

  SyntaxNode& add_node(SyntaxKind kind, const Lexeme& lexeme) {
    const auto id = static_cast<NodeId>(tree_.nodes.size());
    auto& node = tree_.nodes.emplace_back();
    node.kind = kind;
    node.offset = lexeme.offset;
    node.length = static_cast<std::uint32_t>(lexeme.text.size());
    operands_.push_back(id);
    return node;
  }

  void push_operand(const Lexeme& lexeme) {
    switch (lexeme.kind) {
      case Kind::function:
        push_function(lexeme);
        break;
      case Kind::named_value:
        push_named_value(lexeme);
        break;
      case Kind::wildcard:
        add_node(SyntaxKind::wildcard, lexeme);
        break;
      case Kind::boolean:
        add_node(SyntaxKind::literal, lexeme).value = Value(lexeme.text == "true");
        break;
      case Kind::number:
        add_node(SyntaxKind::literal, lexeme).value = Value(lexeme.number);
        break;
      case Kind::string:
        add_node(SyntaxKind::literal, lexeme).value = Value(unquoted(lexeme.text));
        break;
      case Kind::property_name:
        add_node(SyntaxKind::literal, lexeme).value = Value(lexeme.text);
        break;
      default:
        add_node(SyntaxKind::literal, lexeme);  // null
        break;
    }
  }

  void push_named_value(const Lexeme& lexeme) {
    const auto known =
        std::any_of(names_.contexts.begin(), names_.contexts.end(), [&](const std::string& name) {
          return equal_ignoring_case(name, lexeme.text);
        });
    if (!known) fail("Unrecognized named-value", lexeme);
    add_node(SyntaxKind::named_value, lexeme).value = Value(lexeme.text);
  }

  void push_function(const Lexeme& lexeme) {
    const auto* builtin = find_builtin(lexeme.text);
    if (!builtin && !find_extension(lexeme.text)) fail("Unrecognized function", lexeme);
    auto& node = add_node(SyntaxKind::call, lexeme);
    if (builtin) {
      node.function = builtin->function;
    } else {
      node.value = Value(lower(lexeme.text));
    }
  }

  const FunctionSignature* find_extension(std::string_view name) const {
    for (const auto& function : names_.functions) {
      if (equal_ignoring_case(function.name, name)) return &function;
    }
    return nullptr;
  }

  void push_operator(const Lexeme& lexeme, const Lexeme& last) {
    const bool left_to_right =
        lexeme.kind != Kind::start_group &&
        !(lexeme.kind == Kind::logical_operator && lexeme.op == LogicalOperator::negate);
    const Operator arriving{lexeme.kind, lexeme.op};
    while (left_to_right && !operators_.empty()) {
      const auto top = operators_.back();
      if (precedence(arriving) > precedence(top) || is_start(top.kind) ||
          top.kind == Kind::separator) {
        break;
      }
      reduce();
    }
    switch (lexeme.kind) {
      case Kind::end_group:
        operators_.pop_back();
        break;
      case Kind::end_index:
        reduce();
        break;
      case Kind::end_parameters:
        end_call(last.kind == Kind::start_parameters);
        break;
      default:
        operators_.push_back(arriving);
        break;
    }
  }

  // Makes a node of the operator on top and its operands.
  void reduce() {
    const auto top = operators_.back();
    operators_.pop_back();
    const bool logical = top.kind == Kind::logical_operator;
    const auto kind = logical ? syntax_kind(top.op) : SyntaxKind::index;
    const std::size_t count = kind == SyntaxKind::negate ? 1 : 2;
    const auto first = operands_.size() - count;
    const auto parent = static_cast<NodeId>(tree_.nodes.size());
    tree_.nodes.emplace_back().kind = kind;
    for (auto at = first; at < operands_.size(); ++at) adopt(parent, operands_[at]);
    operands_.resize(first);
    operands_.push_back(parent);
  }

  void adopt(NodeId parent_id, NodeId child_id) {
    auto& parent = tree_.node(parent_id);
    const auto& child = tree_.node(child_id);
    // a && b && c is one node: chains of conditions do not count as depth.
    const bool flat = child.kind == parent.kind &&
                      (child.kind == SyntaxKind::both || child.kind == SyntaxKind::either);
    const auto first = flat ? child.first_child : child_id;
    const auto last = flat ? child.last_child : child_id;
    if (parent.last_child == no_node) {
      parent.first_child = first;
    } else {
      tree_.node(parent.last_child).next_sibling = first;
    }
    parent.last_child = last;
    parent.children = static_cast<std::uint16_t>(parent.children + (flat ? child.children : 1));
    const auto below = static_cast<std::uint16_t>(flat ? child.depth : child.depth + 1);
    parent.depth = std::max(parent.depth, below);
  }

  void end_call(bool without_arguments) {
    std::size_t count = without_arguments ? 0 : 1;
    while (operators_.back().kind == Kind::separator) {
      ++count;
      operators_.pop_back();
    }
    operators_.pop_back();  // the start of the parameters
    const auto first = operands_.size() - count;
    const auto call = operands_[first - 1];
    for (auto at = first; at < operands_.size(); ++at) adopt(call, operands_[at]);
    operands_.resize(first);
    check_count(tree_.node(call), count);
  }

  void check_count(const SyntaxNode& call, std::size_t count) const {
    Lexeme name;
    name.offset = call.offset;
    name.text = std::string_view(tree_.text).substr(call.offset, call.length);
    const auto [min, max] = argument_counts(call, name.text);
    if (count < min) fail("Too few parameters supplied", name);
    if (count > max) fail("Too many parameters supplied", name);
    if (count % 2 == 0 && call.function == BuiltinFunction::case_) {
      fail("Even number of parameters supplied, requires an odd number of parameters", name);
    }
  }

  std::pair<std::size_t, std::size_t> argument_counts(
      const SyntaxNode& call, std::string_view name) const {
    if (call.function != BuiltinFunction::none) {
      const auto& builtin = signature_of(call.function);
      return {builtin.min_arguments, builtin.max_arguments};
    }
    const auto* extension = find_extension(name);
    return {extension->min_arguments, extension->max_arguments};
  }

  ExpressionNode& tree_;
  const ExpressionNames& names_;
  std::array<std::byte, 512> buffer_;
  std::pmr::monotonic_buffer_resource memory_{buffer_.data(), buffer_.size()};
  Lexer lexer_;
  std::pmr::vector<Operator> operators_{&memory_};
  std::pmr::vector<NodeId> operands_{&memory_};
};

}  // namespace

Expression Expression::parse(std::string_view text, const ExpressionNames& names) {
  auto tree = std::make_shared<ExpressionNode>();
  tree->text = text;
  Parser(*tree, names).parse();
  Expression expression;
  expression.root_ = std::move(tree);
  return expression;
}

}  // namespace crun::workflow
