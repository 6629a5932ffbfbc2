// What evaluating passes around: operands, and the arguments of a function. Private to this folder.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

#include "workflow/expression/expression.hpp"
#include "workflow/expression/syntax.hpp"
#include "workflow/expression/value.hpp"

namespace crun::workflow {

/// The result of a node: a value of its own or, to spare copies, one that lives in the tree, in the
/// scope or for ever. Most are borrowed, so that to make, pass and end one is cheap.
class Operand {
 public:
  Operand(Value value) : held_(std::move(value)) {}  // NOLINT: implicit on purpose
  static Operand borrow(const Value& value) { return Operand(&value); }
  static Operand null() { return Operand(&constants[0]); }
  static Operand boolean(bool value) { return Operand(&constants[value ? 1 : 2]); }
  /// What `.*` gives: an array whose items take the next index each.
  static Operand filter(Array items) {
    Operand operand{Value(std::move(items))};
    operand.filtered_ = true;
    return operand;
  }

  const Value& value() const { return borrowed_ ? *borrowed_ : *held_; }
  bool is_borrowed() const { return borrowed_ != nullptr; }
  bool is_filtered() const { return filtered_; }
  Value take() && { return borrowed_ ? *borrowed_ : std::move(*held_); }

 private:
  explicit Operand(const Value* borrowed) : borrowed_(borrowed) {}

  static const std::array<Value, 3> constants;  // null, true, false

  const Value* borrowed_ = nullptr;
  std::optional<Value> held_;
  bool filtered_ = false;
};

/// Memory as GitHub accounts for it: what a level of the tree used is forgotten when a level above
/// has made a simple value of it.
class MemoryBudget {
 public:
  /// GitHub's evaluators in the runner get 10 MiB.
  static constexpr std::int64_t limit = 10 * 1024 * 1024;

  MemoryBudget() { levels_[0] = 0; }
  bool add(std::size_t level, const Operand& operand, bool forget_deeper);

 private:
  std::array<std::int64_t, 64> levels_;  // those deeper than deepest_ hold nothing yet
  std::size_t deepest_ = 0;
  std::int64_t total_ = 0;
};

class Evaluator {
 public:
  Evaluator(const ExpressionNode& tree, const Scope& scope) : tree_(tree), scope_(scope) {}

  Operand evaluate(NodeId id, std::size_t level);
  const ExpressionNode& tree() const { return tree_; }
  /// Throws if a text that is being built is too large.
  void check_size(std::size_t bytes) const;

 private:
  Operand evaluate_core(const SyntaxNode& node, std::size_t level);
  Operand evaluate_logic(const SyntaxNode& node, std::size_t level);
  Operand evaluate_comparison(const SyntaxNode& node, std::size_t level);
  Operand evaluate_index(const SyntaxNode& node, std::size_t level);
  Operand evaluate_call(const SyntaxNode& node, std::size_t level);
  [[noreturn]] void fail_memory() const;

  const ExpressionNode& tree_;
  const Scope& scope_;
  MemoryBudget memory_;
};

/// The arguments of a call, evaluated when asked for.
class Arguments {
 public:
  Arguments(Evaluator& evaluator, const SyntaxNode& call, std::size_t level)
      : evaluator_(evaluator), call_(call), level_(level) {}

  std::size_t size() const { return call_.children; }
  Operand operator[](std::size_t index) const;
  void check_size(std::size_t bytes) const { evaluator_.check_size(bytes); }

 private:
  Evaluator& evaluator_;
  const SyntaxNode& call_;
  std::size_t level_;
};

}  // namespace crun::workflow
