// What a built-in action reports of images, read from its lines of JSON.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "executor/events.hpp"

namespace crun::executor {

/// A line of $CRUN_REPORT: an image that was pushed (or should have been), or one that was built
/// and deliberately not pushed. Nothing for a line that is neither.
std::optional<std::variant<PushedImage, ImageBuilt>> read_report_line(std::string_view line);

}  // namespace crun::executor
