// "Did you mean": the candidate nearest to a misspelt name.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace crun::workflow {

/// The candidate within a third of the name's length (Damerau-Levenshtein, case ignored), if any.
std::optional<std::string> nearest(
    std::string_view name, const std::vector<std::string>& candidates);

}  // namespace crun::workflow
