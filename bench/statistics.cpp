#include "bench/statistics.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <random>

namespace crun::bench {

double percentile(std::vector<double> values, double share) {
  assert(!values.empty());
  std::sort(values.begin(), values.end());
  const double place = share * static_cast<double>(values.size() - 1);
  const auto below = static_cast<std::size_t>(std::floor(place));
  const auto above = static_cast<std::size_t>(std::ceil(place));
  const double part = place - std::floor(place);
  return values[below] * (1 - part) + values[above] * part;
}

Figure figure_of(const std::vector<double>& values) {
  return {percentile(values, 0.5), percentile(values, 0), percentile(values, 0.95)};
}

Ratio paired_ratio(
    const std::vector<double>& numerator,
    const std::vector<double>& denominator,
    std::uint32_t seed) {
  std::vector<double> ratios;
  for (std::size_t i = 0; i < std::min(numerator.size(), denominator.size()); ++i) {
    ratios.push_back(numerator[i] / denominator[i]);
  }
  Ratio result;
  result.median = percentile(ratios, 0.5);
  constexpr int resamples = 2000;
  std::mt19937 random(seed);
  std::uniform_int_distribution<std::size_t> any(0, ratios.size() - 1);
  std::vector<double> medians, sample(ratios.size());
  for (int i = 0; i < resamples; ++i) {
    for (auto& value : sample) value = ratios[any(random)];
    medians.push_back(percentile(sample, 0.5));
  }
  result.low = percentile(medians, 0.025);
  result.high = percentile(medians, 0.975);
  return result;
}

bool too_wide(const Ratio& ratio) {
  constexpr double widest = 0.25;
  return ratio.high - ratio.low > widest * ratio.median;
}

}  // namespace crun::bench
