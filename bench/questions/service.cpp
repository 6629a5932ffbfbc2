// Q6, Q12, Q13, Q14: what is measured around a running `crun serve`, by the program bench/serve
// beside this folder's scripts.
#include <cstdlib>
#include <fstream>
#include <string>

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

/// One JSON object a line: id, value, and what else it likes to say.
nlohmann::json told_by(const Bench& bench, const std::filesystem::path& program) {
  const auto output = bench.folder / "serve.jsonl";
  run_well(
      {.arguments = {program.string()},
       .folder = bench.folder,
       .environment = {"CRUN=" + bench.crun.string()},
       .output = output,
       .seconds = 300});
  auto found = nlohmann::json::object();
  std::ifstream in(output);
  for (std::string line; std::getline(in, line);) {
    const auto told = nlohmann::json::parse(line, nullptr, false);
    if (told.is_object() && told.contains("id")) found[told["id"].get<std::string>()] = told;
  }
  return found;
}

}  // namespace

Rows measure_service(const Bench& bench) {
  Rows rows;
  for (const auto& waiting : wanted) rows.push_back(empty_row(waiting));
  const auto program = std::filesystem::path(CRUN_BENCH_SCRIPTS) / "serve";
  if (!std::filesystem::exists(program)) {
    for (auto& row : rows) row.note = "waits for the service";
    return rows;
  }
  const auto told = told_by(bench, program);
  for (auto& row : rows) {
    if (!told.contains(row.id)) {
      row.note = "not measured yet";
      continue;
    }
    const double value = told[row.id].value("value", 0.0);
    row.figures["crun"] = {
        value, told[row.id].value("min", value), told[row.id].value("p95", value)};
  }
  return rows;
}

}  // namespace crun::bench
