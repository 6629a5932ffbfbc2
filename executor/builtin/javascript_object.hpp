// The order in which JavaScript lists an object's properties.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "executor/builtin/javascript_number.hpp"

namespace crun::executor::builtin {

/// Whole numbers in their own order first, the other names as they were added.
template <typename Value>
void order_properties(std::vector<std::pair<std::string, Value>>& properties) {
  const auto names = std::ranges::stable_partition(
      properties, [](const auto& property) { return is_array_index(property.first); });
  std::ranges::stable_sort(
      properties.begin(), names.begin(), [](const auto& left, const auto& right) {
        return number_of(left.first) < number_of(right.first);
      });
}

}  // namespace crun::executor::builtin
