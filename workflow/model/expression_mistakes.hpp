// Every mistake in the expressions of one scalar, each at its own place. GitHub's parser tells only
// the first, at the beginning of the scalar; its editor tells all.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "workflow/expression/expression.hpp"
#include "workflow/source/source_file.hpp"
#include "workflow/source/span.hpp"

namespace crun::workflow {

struct ExpressionMistake {
  Position place;  // of its `${{`
  std::string message;
};

/// `text` is that of the scalar that begins at `begin`. Empty if each expression is right alone; of
/// very many mistakes only the first are told.
std::vector<ExpressionMistake> expression_mistakes(
    const SourceFile& source, Position begin, std::string_view text, const ExpressionNames& names);

}  // namespace crun::workflow
