// A `run:` text as the checks see it: where its bytes stand in the file, which expressions are put
// into it, and whether the shell would see their quotes.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "workflow/expression/token.hpp"

namespace crun::workflow {

/// How the shell reads a place of a script. Only in `plain` and `doubled` do quotes that an
/// expression brings along lose themselves.
enum class Quoting { plain, doubled, single, heredoc, comment };

struct ScriptExpression {
  Expression expression;
  std::size_t offset = 0;  // of the `${{`
  std::size_t length = 0;
  Quoting quoting = Quoting::plain;
};

class Script {
 public:
  /// Any scalar; what is no text gives an empty script.
  explicit Script(const Token* scalar);

  const std::string& text() const { return text_; }
  /// Where a part of the text stands in the file. Of a scalar that is not written line by line
  /// (folded, or with escapes) it is the place where the scalar begins.
  Span place(std::size_t offset, std::size_t length) const;

  /// The line around a place, and where it begins.
  std::string_view line_at(std::size_t offset) const;
  std::size_t line_start(std::size_t offset) const;

  const std::vector<ScriptExpression>& expressions() const { return expressions_; }
  Quoting quoting_at(std::size_t offset) const;

 private:
  /// How far place() has walked: a line of the text, and the line of the file where it is looked
  /// for. Places are asked for one after the other, so that all cost one walk.
  struct Walk {
    std::size_t begin = 0;
    int number = 0;  // none yet
    std::size_t from = 0;
    bool lost = false;  // from here on the file is written otherwise
  };

  void find_expressions();

  const Token* scalar_;
  std::string text_;
  int lines_ = 0;
  mutable Walk walk_;
  std::vector<Quoting> quoting_;  // of each byte
  std::vector<ScriptExpression> expressions_;
};

}  // namespace crun::workflow
