// Is what was observed what the original did? Both are first brought to one form: temporary names,
// and in cases with a real engine digests and build ids, become placeholders that keep only which
// of them are equal.
#pragma once

#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

namespace crun::tests::golden {

/// One line per difference.
std::vector<std::string> differences(
    const nlohmann::json& recording, const nlohmann::json& observed);

}  // namespace crun::tests::golden
