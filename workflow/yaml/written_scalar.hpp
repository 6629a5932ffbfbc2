// Where a scalar stands in the text: the parser tells only where it begins, anchor and tag
// included.
#pragma once

#include <cstddef>
#include <string_view>

#include "workflow/yaml/node.hpp"

namespace crun::workflow {

struct WrittenScalar {
  std::size_t begin = 0;  // of the text or its opening quote
  std::size_t end = 0;    // npos: a quote that is never closed
  Node::Style style = Node::Style::plain;
};

/// Where the scalar `value` whose node begins at `at` is written, as far as one line shows it.
WrittenScalar find_scalar(
    std::string_view text, std::size_t at, std::string_view value, bool plain);

/// The place behind the closing quote of the one that stands at `at`; npos if there is none.
std::size_t quoted_end(std::string_view text, std::size_t at);
/// The place behind the last line of a scalar without quotes whose text begins at `at`.
std::size_t unfolded_end(std::string_view text, std::size_t at, std::string_view value);
/// The place behind an anchor and a tag.
std::size_t skip_properties(std::string_view text, std::size_t at);
/// The place behind an alias and its name.
std::size_t alias_end(std::string_view text, std::size_t at);
/// Where the line ends, not counting spaces.
std::size_t line_end(std::string_view text, std::size_t at);

}  // namespace crun::workflow
