// Workflows that mean harm: what reading one may cost at most, whatever is in it.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace crun::bench {

/// File name and text. Each is of a class of its own and as large as GitHub lets a workflow be, or
/// as it takes to make something of the square of its size noticed.
std::vector<std::pair<std::string, std::string>> hostile_workflows();

}  // namespace crun::bench
