#include "bench/row.hpp"

#include <fmt/format.h>

namespace crun::bench {
namespace {

/// Does a value keep to a bound? Absent bound: yes; absent value: cannot be said.
std::optional<bool> keeps(
    const std::optional<double>& bound, const std::optional<double>& value, bool at_least) {
  if (!bound) return true;
  if (!value) return std::nullopt;
  return at_least ? *value >= *bound : *value <= *bound;
}

std::optional<double> ratio_of(const Row& row, const char* side) {
  const auto found = row.ratios.find(side);
  if (found == row.ratios.end()) return std::nullopt;
  return found->second.median;
}

}  // namespace

std::optional<bool> met(const Row& row) {
  const auto crun = row.figures.find("crun");
  if (row.noisy || crun == row.figures.end()) return std::nullopt;
  const double figure = crun->second.median;
  const std::optional<bool> parts[] = {
      keeps(row.goal.at_most, figure, false),
      keeps(row.goal.at_least, figure, true),
      keeps(row.goal.act_at_least, ratio_of(row, "act"), true),
      keeps(row.goal.cli_at_least, ratio_of(row, "cli"), true),
      keeps(row.goal.limit_at_most, ratio_of(row, "limit"), false)};
  bool known = true;
  for (const auto& part : parts) {
    if (part && !*part) return false;
    if (!part) known = false;
  }
  if (!known) return std::nullopt;
  return true;
}

std::string goal_text(const Row& row) {
  std::string text;
  const auto add = [&](const std::string& part) { text += (text.empty() ? "" : "; ") + part; };
  const auto& goal = row.goal;
  if (goal.at_most) add(fmt::format("<= {:g} {}", *goal.at_most, row.unit));
  if (goal.at_least) add(fmt::format(">= {:g} {}", *goal.at_least, row.unit));
  if (goal.act_at_least) add(fmt::format("act >= {:g}x", *goal.act_at_least));
  if (goal.cli_at_least) add(fmt::format("cli >= {:g}x", *goal.cli_at_least));
  if (goal.limit_at_most) add(fmt::format("limit <= {:g}x", *goal.limit_at_most));
  return text;
}

}  // namespace crun::bench
