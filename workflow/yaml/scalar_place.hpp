// Where in the file the bytes of a scalar's text stand: what YAML unfolds, unescapes and takes out
// of its margin is found again.
#pragma once

#include <cstddef>
#include <string_view>

#include "workflow/source/source_file.hpp"
#include "workflow/source/span.hpp"

namespace crun::workflow {

/// The place of byte `offset` of `text`, the text of the scalar that begins at `begin` (at its
/// quote or at its `|`). Gives `begin` where it cannot be found.
Position place_in_scalar(
    const SourceFile& source, Position begin, std::string_view text, std::size_t offset);

}  // namespace crun::workflow
