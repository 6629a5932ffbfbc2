// Text of an expression -> lexemes. GitHub's lexer already knows which lexeme may follow which, so
// a misplaced one is found here and not by the parser.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <string_view>
#include <vector>

namespace crun::workflow {

enum class LexemeKind : std::uint8_t {
  none,  // before the first one
  start_group,
  start_index,
  start_parameters,
  end_group,
  end_index,
  end_parameters,
  separator,
  dereference,
  wildcard,
  logical_operator,
  null,
  boolean,
  number,
  string,
  property_name,
  function,
  named_value,
  end,        // of the expression
  malformed,  // no lexeme at all
  misplaced,  // a lexeme where it may not stand
};

enum class LogicalOperator : std::uint8_t {
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

struct Lexeme {
  LexemeKind kind = LexemeKind::none;
  LogicalOperator op = LogicalOperator::negate;  // of a logical operator
  std::uint32_t offset = 0;                      // in bytes
  std::string_view text;                         // as written
  double number = 0;                             // of a number
};

class Lexer {
 public:
  /// `memory` holds the stack of open brackets.
  Lexer(std::string_view text, std::pmr::memory_resource* memory) : text_(text), open_(memory) {}

  Lexeme next();
  /// Is a bracket still open?
  bool unclosed() const { return !open_.empty(); }

 private:
  Lexeme scan();
  Lexeme scan_operator();
  Lexeme scan_string();
  Lexeme scan_number();
  Lexeme scan_word();
  Lexeme slice(LexemeKind kind, std::size_t begin) const;
  LexemeKind classify_word(std::string_view word) const;
  bool at_boundary() const;
  bool dot_starts_number() const;
  bool legal(const Lexeme& lexeme);

  std::string_view text_;
  std::size_t at_ = 0;
  LexemeKind last_ = LexemeKind::none;
  std::pmr::vector<LexemeKind> open_;
};

}  // namespace crun::workflow
