// What engineers would want to know when a script failed: sentences made from the script and the
// end of its output.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace crun::executor {

/// Hints for a failed script; usually none.
std::vector<std::string> failure_hints(std::string_view script, std::string_view output);

}  // namespace crun::executor
