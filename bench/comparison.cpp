#include "bench/comparison.hpp"

#include <algorithm>
#include <chrono>
#include <exception>
#include <fstream>
#include <map>
#include <numeric>
#include <sstream>
#include <thread>

#include "bench/statistics.hpp"

namespace crun::bench {
namespace {

constexpr double idle_enough = 0.85;
constexpr int attempts = 3;
/// What takes no time is measured more often than asked for: as long as this, at most so many
/// times.
constexpr auto quick = std::chrono::seconds(1);
constexpr int quick_rounds = 24;

using Values = std::map<std::string, std::vector<double>>;

std::pair<double, double> idle_and_all_ticks() {
  std::ifstream in("/proc/stat");
  std::string line, word;
  std::getline(in, line);
  std::istringstream words(line);
  words >> word;
  std::vector<double> ticks;
  for (double value; words >> value;) ticks.push_back(value);
  if (ticks.size() < 5) return {0, 0};
  return {ticks[3] + ticks[4], std::accumulate(ticks.begin(), ticks.end(), 0.0)};
}

/// Whether one round of a side worked; why not goes into the note.
bool measure(const Side& side, std::vector<double>* into, std::string& note) {
  try {
    const double value = side.once();
    if (into) into->push_back(value);
    return true;
  } catch (const std::exception& error) {
    note += (note.empty() ? "" : "; ") + side.name + ": " + error.what();
    return false;
  }
}

Values measure_all(std::vector<Side>& sides, int rounds, std::string& note) {
  Values values;
  std::erase_if(sides, [&](const Side& side) { return !measure(side, nullptr, note); });
  std::vector<std::size_t> order(sides.size());
  std::iota(order.begin(), order.end(), 0);
  const auto begin = std::chrono::steady_clock::now();
  const auto is_quick = [&](int round) {
    return round < quick_rounds && std::chrono::steady_clock::now() - begin < quick;
  };
  for (int round = 0; round < rounds || is_quick(round); ++round) {
    std::erase_if(order, [&](std::size_t at) {
      const auto& side = sides[at];
      if (side.rounds && round >= side.rounds) return false;
      return !measure(side, &values[side.name], note);
    });
    std::next_permutation(order.begin(), order.end());
  }
  return values;
}

void fill(Row& row, const Values& values) {
  row.figures.clear();
  row.ratios.clear();
  for (const auto& [name, list] : values) {
    if (!list.empty()) row.figures[name] = figure_of(list);
  }
  const auto crun = values.find("crun");
  if (crun == values.end() || crun->second.empty()) return;
  for (const auto& [name, list] : values) {
    if (name == "crun" || list.empty()) continue;
    // A peer: how many times better crun is. The limit: how many times of it crun costs.
    const bool crun_on_top = (name == "limit") != row.more_is_better;
    row.ratios[name] =
        crun_on_top ? paired_ratio(crun->second, list) : paired_ratio(list, crun->second);
  }
}

bool unsteady(const Row& row) {
  const auto limit = row.ratios.find("limit");
  return limit != row.ratios.end() && too_wide(limit->second);
}

}  // namespace

double idle_share() {
  const auto [idle_before, all_before] = idle_and_all_ticks();
  std::this_thread::sleep_for(std::chrono::milliseconds(300));
  const auto [idle_after, all_after] = idle_and_all_ticks();
  return all_after > all_before ? (idle_after - idle_before) / (all_after - all_before) : 1.0;
}

Row compare(Row row, std::vector<Side> sides, const Settings& settings) {
  std::erase_if(sides, [&](const Side& side) {
    if (side.name == "crun" || settings.against.count(side.name)) return false;
    row.absent[side.name] = "not asked for";
    return true;
  });
  const auto note = row.note;
  for (int attempt = 0; attempt < attempts; ++attempt) {
    row.note = note;
    const bool busy = idle_share() < idle_enough;
    auto rest = sides;
    fill(row, measure_all(rest, settings.rounds, row.note));
    row.noisy = busy || unsteady(row);
    if (!row.noisy) break;
  }
  return row;
}

}  // namespace crun::bench
