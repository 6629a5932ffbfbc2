// Q6, Q12, Q13, Q14: what is measured around a running `crun serve`, by the program bench/serve
// beside this folder's scripts.
#include <algorithm>
#include <fstream>
#include <string>
#include <vector>

#include "bench/bench.hpp"
#include <nlohmann/json.hpp>

namespace crun::bench {
namespace {

struct Waiting {
  const char* id;
  const char* what;
  const char* unit;
  Goal goal;
};

const Waiting wanted[] = {
    {"Q6.live", "a line written by a step until the page has it", "ms", {.at_most = 5}},
    {"Q12.memory", "resident memory of an idle daemon", "MB", {.at_most = 12}},
    {"Q12.wakeups", "wake-ups a second of an idle daemon", "1/s", {.at_most = 0}},
    {"Q13.webhook", "a webhook until the first line of its run's log", "ms", {.at_most = 3}},
    {"Q14.recovery", "kill -9 of the daemon until it answers again", "ms", {.at_most = 100}},
};

Row empty_row(const Waiting& waiting) {
  Row row;
  row.id = waiting.id;
  row.what = waiting.what;
  row.unit = waiting.unit;
  row.goal = waiting.goal;
  return row;
}

/// One JSON object a line: id, what, unit, value, min, p95.
std::vector<nlohmann::json> told_by(const Bench& bench, const std::filesystem::path& program) {
  const auto output = bench.folder / "serve.jsonl";
  run_well(
      {.arguments = {program.string()},
       .folder = bench.folder,
       .environment = {"CRUN=" + bench.crun.string()},
       .output = output,
       .seconds = 300});
  std::vector<nlohmann::json> found;
  std::ifstream in(output);
  for (std::string line; std::getline(in, line);) {
    auto told = nlohmann::json::parse(line, nullptr, false);
    if (told.is_object() && told.contains("id") && told.contains("value")) {
      found.push_back(std::move(told));
    }
  }
  return found;
}

Row row_of(const nlohmann::json& told) {
  Row row;
  row.id = told["id"];
  row.what = told.value("what", "");
  row.unit = told.value("unit", "");
  const double value = told["value"];
  row.figures["crun"] = {value, told.value("min", value), told.value("p95", value)};
  return row;
}

}  // namespace

Rows measure_service(const Bench& bench) {
  Rows rows;
  for (const auto& told : told_by(bench, std::filesystem::path(CRUN_BENCH_SCRIPTS) / "serve")) {
    rows.push_back(row_of(told));
  }
  for (const auto& waiting : wanted) {
    const auto found = std::find_if(
        rows.begin(), rows.end(), [&](const Row& row) { return row.id == waiting.id; });
    if (found != rows.end()) {
      found->goal = waiting.goal;
    } else {
      rows.push_back(empty_row(waiting));
      rows.back().note = "bench/serve told nothing of it";
    }
  }
  return rows;
}

}  // namespace crun::bench
