#include "workflow/expression/evaluator.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "workflow/expression/functions.hpp"

namespace crun::workflow {

namespace {

// What GitHub takes an object, an item of an array and a text to cost; texts in UTF-16.
std::int64_t cost(const Operand& operand) {
  const auto& value = operand.value();
  if (value.is_string()) return 26 + 2 * static_cast<std::int64_t>(value.string().size());
  if (operand.is_filtered()) return 24 + 8 * static_cast<std::int64_t>(value.array().size());
  return 24;
}

std::optional<std::size_t> array_place(const Value& index) {
  const auto number = std::floor(index.to_number());
  // Written so that NaN fails too.
  if (!(number >= 0 && number <= std::numeric_limits<std::int32_t>::max())) return std::nullopt;
  return static_cast<std::size_t>(number);
}

const Value* find(const Value& collection, const Value& index) {
  if (collection.is_object()) {
    if (index.is_string()) return collection.object().find(index.string());
    return index.is_primitive() ? collection.object().find(index.to_string()) : nullptr;
  }
  if (!collection.is_array()) return nullptr;
  const auto place = array_place(index);
  const auto& items = collection.array();
  return place && *place < items.size() ? &items[*place] : nullptr;
}

void append_items(const Value& collection, Array& items) {
  if (collection.is_array()) {
    items.insert(items.end(), collection.array().begin(), collection.array().end());
  } else if (collection.is_object()) {
    for (const auto& [name, value] : collection.object()) items.push_back(value);
  }
}

bool compare(SyntaxKind kind, const Value& left, const Value& right) {
  switch (kind) {
    case SyntaxKind::equal:
      return loosely_equal(left, right);
    case SyntaxKind::not_equal:
      return !loosely_equal(left, right);
    case SyntaxKind::less:
      return loosely_less(left, right);
    case SyntaxKind::less_or_equal:
      return loosely_equal(left, right) || loosely_less(left, right);
    case SyntaxKind::greater:
      return loosely_less(right, left);
    default:
      return loosely_equal(left, right) || loosely_less(right, left);
  }
}

}  // namespace

const std::array<Value, 3> Operand::constants = {Value(), Value(true), Value(false)};

bool MemoryBudget::add(std::size_t level, const Operand& operand, bool forget_deeper) {
  if (forget_deeper) {
    while (deepest_ > level) total_ -= levels_[deepest_--];
  }
  while (deepest_ < level) levels_[++deepest_] = 0;
  const auto bytes = cost(operand);
  levels_[level] += bytes;
  total_ += bytes;
  return total_ <= limit;
}

Operand Evaluator::evaluate(NodeId id, std::size_t level) {
  const auto& node = tree_.node(id);
  auto operand = evaluate_core(node, level);
  // Members of contexts are not simple values to GitHub but objects that convert to one.
  const bool from_context = node.kind == SyntaxKind::named_value || node.kind == SyntaxKind::index;
  const bool simple = operand.value().is_primitive() && !from_context;
  if (!memory_.add(level, operand, simple)) fail_memory();
  return operand;
}

Operand Evaluator::evaluate_core(const SyntaxNode& node, std::size_t level) {
  switch (node.kind) {
    case SyntaxKind::literal:
      return Operand::borrow(node.value);
    case SyntaxKind::named_value: {
      const auto* value = scope_.context(node.value.string());
      return value ? Operand::borrow(*value) : Operand::null();
    }
    case SyntaxKind::wildcard:
      return Value("*");
    case SyntaxKind::call:
      return evaluate_call(node, level);
    case SyntaxKind::index:
      return evaluate_index(node, level);
    case SyntaxKind::negate:
      return Operand::boolean(!evaluate(node.first_child, level + 1).value().truthy());
    case SyntaxKind::both:
    case SyntaxKind::either:
      return evaluate_logic(node, level);
    default:
      return evaluate_comparison(node, level);
  }
}

// The value is that of the operand that decided, not a boolean.
Operand Evaluator::evaluate_logic(const SyntaxNode& node, std::size_t level) {
  const bool stop_at = node.kind == SyntaxKind::either;
  auto child = node.first_child;
  while (true) {
    auto operand = evaluate(child, level + 1);
    child = tree_.node(child).next_sibling;
    if (child == no_node || operand.value().truthy() == stop_at) return operand;
  }
}

Operand Evaluator::evaluate_comparison(const SyntaxNode& node, std::size_t level) {
  const auto left_operand = evaluate(node.first_child, level + 1);
  const auto right_operand = evaluate(node.last_child, level + 1);
  return Operand::boolean(compare(node.kind, left_operand.value(), right_operand.value()));
}

Operand Evaluator::evaluate_index(const SyntaxNode& node, std::size_t level) {
  const auto operand = evaluate(node.first_child, level + 1);
  const auto& collection = operand.value();
  const bool wildcard = tree_.node(node.last_child).kind == SyntaxKind::wildcard;
  if (collection.is_primitive()) {
    return wildcard ? Operand::filter({}) : Operand::null();
  }
  const auto index = evaluate(node.last_child, level + 1);
  if (operand.is_filtered()) {
    Array found;
    for (const auto& item : collection.array()) {
      if (wildcard) {
        append_items(item, found);
      } else if (const auto* member = find(item, index.value())) {
        found.push_back(*member);
      }
    }
    return Operand::filter(std::move(found));
  }
  if (wildcard) {
    Array found;
    append_items(collection, found);
    return Operand::filter(std::move(found));
  }
  const auto* member = find(collection, index.value());
  if (!member) return Operand::null();
  return operand.is_borrowed() ? Operand::borrow(*member) : Operand(*member);
}

Operand Evaluator::evaluate_call(const SyntaxNode& node, std::size_t level) {
  const Arguments arguments(*this, node, level + 1);
  if (node.function != BuiltinFunction::none) return call_builtin(node.function, arguments);
  const auto function = scope_.functions.find(node.value.string());
  if (function == scope_.functions.end()) {
    throw EvaluationError(
        fmt::format("The function '{}' is not available here", node.value.string()));
  }
  std::vector<Value> values;
  values.reserve(arguments.size());
  for (auto child = node.first_child; child != no_node; child = tree_.node(child).next_sibling) {
    values.push_back(evaluate(child, level + 1).take());
  }
  return function->second(values);
}

void Evaluator::check_size(std::size_t bytes) const {
  if (2 * bytes > static_cast<std::size_t>(MemoryBudget::limit)) fail_memory();
}

void Evaluator::fail_memory() const {
  throw EvaluationError(fmt::format(
      "The maximum allowed memory size was exceeded while evaluating the following expression: {}",
      tree_.text));
}

Operand Arguments::operator[](std::size_t index) const {
  auto child = call_.first_child;
  while (index-- > 0) child = evaluator_.tree().node(child).next_sibling;
  return evaluator_.evaluate(child, level_);
}

Value evaluate(const Expression& expression, const Scope& scope) {
  const auto* tree = expression.root();
  if (!tree || tree->root == no_node) return Value();
  return Evaluator(*tree, scope).evaluate(tree->root, 0).take();
}

}  // namespace crun::workflow
