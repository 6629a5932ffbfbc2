// Why a text is no YAML, in words that help: the parser's own messages name neither the cause nor
// the cure.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "workflow/source/diagnostic.hpp"
#include "workflow/source/source_file.hpp"

namespace crun::workflow {

/// Before parsing: too long, not UTF-8, control characters. True if an error was added.
bool find_encoding_mistake(
    const SourcePtr& source, std::size_t max_characters, Diagnostics& diagnostics);

/// What the reader knew when the parser gave up.
struct ParseFailure {
  std::string message;  // the parser's
  std::size_t offset = 0;
  std::optional<std::size_t> open_bracket;  // where the innermost [ or { that is open stands
  std::optional<std::size_t> last_quote;    // where the last quoted text of several lines began
};

void explain(const SourcePtr& source, const ParseFailure& failure, Diagnostics& diagnostics);

/// A tag on a plain value is nearly always an `if: !cancelled()` that was meant as an expression.
void explain_tag(
    const SourcePtr& source,
    Span span,
    std::string_view tag,
    std::string message,
    Diagnostics& diagnostics);

}  // namespace crun::workflow
