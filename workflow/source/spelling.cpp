#include "workflow/source/spelling.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace crun::workflow {

namespace {

char lower(char byte) {
  return byte >= 'A' && byte <= 'Z' ? static_cast<char>(byte + 32) : byte;
}

constexpr std::size_t longest = 100;
using Row = std::array<std::size_t, longest + 1>;

/// Letters to add, leave out, change or swap with their neighbour; `limit` for any number that is
/// not below it.
std::size_t distance(std::string_view a, std::string_view b, std::size_t limit) {
  if (std::max(a.size(), b.size()) - std::min(a.size(), b.size()) >= limit) return limit;
  Row last_but_one{};
  Row last{};
  Row row{};
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  auto least = row[0];
  for (std::size_t i = 1; i <= a.size(); ++i) {
    last_but_one = std::exchange(last, row);
    row[0] = i;
    const auto least_of_last = std::exchange(least, i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t cost = lower(a[i - 1]) == lower(b[j - 1]) ? 0 : 1;
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + cost});
      if (i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) &&
          lower(a[i - 2]) == lower(b[j - 1])) {
        row[j] = std::min(row[j], last_but_one[j - 2] + 1);
      }
      least = std::min(least, row[j]);
    }
    if (std::min(least, least_of_last) >= limit) return limit;
  }
  return row[b.size()];
}

}  // namespace

std::optional<std::string> nearest(
    std::string_view name, const std::vector<std::string>& candidates) {
  if (name.size() > longest) return std::nullopt;
  std::optional<std::string> found;
  auto best = std::max<std::size_t>(1, name.size() / 3) + 1;
  for (const auto& candidate : candidates) {
    if (candidate.size() > longest) continue;
    const auto far = distance(name, candidate, best);
    if (far < best) {
      best = far;
      found = candidate;
    }
  }
  return found;
}

}  // namespace crun::workflow
