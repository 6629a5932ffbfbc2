// Medians, and how far a ratio of paired measurements can be trusted.
#pragma once

#include <cstdint>
#include <vector>

#include "bench/row.hpp"

namespace crun::bench {

/// Of at least one value.
double percentile(std::vector<double> values, double share);
Figure figure_of(const std::vector<double>& values);

/// numerator[i] / denominator[i], pair by pair: what drifts on the machine drifts in both. The
/// interval is a bootstrap over the pairs, the same for the same seed.
Ratio paired_ratio(
    const std::vector<double>& numerator,
    const std::vector<double>& denominator,
    std::uint32_t seed = 1);

/// An interval wider than a quarter of the median says nothing that could be held against a goal.
bool too_wide(const Ratio& ratio);

}  // namespace crun::bench
