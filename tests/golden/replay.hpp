// Builds the world of a recording, runs the built-in in it, and writes down what it did in the form
// of the recording's `expected`.
#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

#include "tests/golden/ground.hpp"

namespace crun::tests::golden {

/// `recording` is a line of cases.jsonl: the order of its keys reaches the built-in. `keep` leaves
/// the world's folder and prints its name. Throws when the fixture fails.
nlohmann::json replay(const std::string& recording, const Ground& ground, bool keep);

}  // namespace crun::tests::golden
