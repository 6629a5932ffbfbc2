// Node -> Token, checked against the schema on the way: the first half of reading a workflow or an
// action.yml. The words and the order of the findings are GitHub's (runner.md 1.1.3 to 1.1.6).
#pragma once

#include <cstddef>
#include <string_view>

#include "workflow/expression/token.hpp"
#include "workflow/model/schema.hpp"
#include "workflow/source/diagnostic.hpp"
#include "workflow/yaml/node.hpp"

namespace crun::workflow {

struct TokenReaderOptions {
  /// A key that is there twice is a warning, if both values can hold at the same time.
  bool lenient = false;
  /// Unknown keys that GitHub reads over are errors, as in GitHub's editor.
  bool strict = false;
  /// Mistakes in expressions are told at the place of each; else the first at that of the scalar.
  bool exact_places = true;
  /// A finding that follows from another one is left out; GitHub makes it.
  bool terse = false;
  /// Without them the keys of `background` steps are unknown: GitHub has them behind a flag.
  bool background_steps = true;
  /// GitHub's limits; a file beyond them is not read to its end.
  int depth = 50;
  std::size_t values = 1'000'000;
  std::size_t bytes = 10 * 1024 * 1024;  // as GitHub estimates the size of its objects
};

/// The length of a text as .NET counts it, for GitHub's limits.
std::size_t utf16_units(std::string_view text);

/// Reads a node that stands at `place`. Null only if a limit was hit; after other errors the tree
/// is there as far as it can be, for those who look for more. Two mappings under one key are
/// joined in it. `bytes` is what has been taken of the limit, and is counted on.
TokenPtr read_tokens(
    const SourcePtr& source,
    const Node& node,
    const schema::Place& place,
    Diagnostics& diagnostics,
    const TokenReaderOptions& options = {},
    std::size_t* bytes = nullptr);

}  // namespace crun::workflow
