// Q5: how many bytes of log pass a second, with many secrets to hide.
#include <fstream>

#include <fcntl.h>
#include <unistd.h>

#include "bench/bench.hpp"
#include "bench/inputs.hpp"
#include "bench/limits/limits.hpp"
#include "bench/rate.hpp"
#include <fmt/format.h>

#include "executor/log/masker.hpp"
#include "executor/log/problem_matcher.hpp"
#include "executor/log/step_log.hpp"

namespace crun::bench {
namespace {

constexpr double megabyte = 1e6;
constexpr std::size_t chunk = 64 * 1024;

/// Bytes through lines, masker, commands and matchers, in this program.
Row measure_pipeline(const Bench& bench, int secret_count, const std::string& text) {
  Row row{
      .id = fmt::format("Q5.pipeline-{}", secret_count),
      .what = fmt::format("lines, masking, commands; {} secrets in all encodings", secret_count),
      .unit = "MB/s",
      .more_is_better = true,
      .absent = {{"act", no_such_command}}};
  executor::Masker masker;
  for (const auto& [name, value] : secrets(secret_count)) masker.add(value);
  executor::MatcherSet matchers;
  std::size_t events = 0;
  const auto once = [&] {
    executor::StepLog log(masker, matchers, [&](executor::Event::Body) { ++events; }, {});
    const double begin = processor_seconds();
    for (std::size_t at = 0; at < text.size(); at += chunk) {
      log.write(executor::Stream::out, std::string_view(text).substr(at, chunk));
    }
    log.finish();
    return static_cast<double>(text.size()) / megabyte / (processor_seconds() - begin);
  };
  const auto copied = [&] {
    return static_cast<double>(text.size()) / megabyte /
           seconds_of_one([&] { copied_lines(text); }, 0.05);
  };
  return compare(std::move(row), {{"crun", once}, {"limit", copied}}, bench.settings);
}

/// A pipe read in blocks and written to a file: what is left when nothing is looked at.
double piped(const std::filesystem::path& from, const std::filesystem::path& to, double megabytes) {
  const auto cost = run_well(
      {.arguments = {
           "sh",
           "-c",
           fmt::format(
               "cat '{}' | dd bs=64k iflag=fullblock of='{}'", from.string(), to.string())}});
  return megabytes / (cost.wall_ms / 1000);
}

Row measure_run(const Bench& bench, const std::string& text, int secret_count) {
  Row row{
      .id = fmt::format("Q5.run-{}", secret_count),
      .what = fmt::format(
          "`crun run` of a step that prints {} MB, {} secrets, output to a file",
          text.size() / 1'000'000,
          secret_count),
      .unit = "MB/s",
      .more_is_better = true,
      .goal = {.act_at_least = secret_count >= 1000 ? 250.0 : 50.0, .limit_at_most = 1.43}};
  const auto file = bench.folder / "printed.log", copy = bench.folder / "copy.log";
  std::ofstream(file, std::ios::binary) << text;
  const auto secret_file = bench.folder / "secrets";
  std::string listed, used;
  for (const auto& [name, value] : secrets(secret_count)) {
    listed += fmt::format("{}={}\n", name, value);
  }
  std::ofstream(secret_file) << listed;
  const auto workflow = fmt::format(
      "on: push\njobs:\n  bench:\n    runs-on: ubuntu-latest\n    steps:\n      - run: cat {}\n",
      file.string());
  const auto repository =
      make_repository(bench.folder, fmt::format("log-{}", secret_count), {{"log.yml", workflow}});
  const double megabytes = static_cast<double>(text.size()) / megabyte;
  const std::vector<std::string> more = {"--secret-file", secret_file.string()};
  std::vector<Side> sides = {
      {"crun",
       [&, megabytes] {
         return megabytes / (run_well(crun_run(bench, repository, "log.yml", more)).wall_ms / 1000);
       }},
      {"limit", [&, megabytes] { return piped(file, copy, megabytes); }}};
  if (has_act(bench, row)) {
    sides.push_back(
        {"act",
         [&, megabytes] {
           auto program = act_run(bench, repository, "log.yml");
           program.arguments.insert(program.arguments.end(), more.begin(), more.end());
           return megabytes / (run_well(program).wall_ms / 1000);
         },
         3});
  }
  auto settings = bench.settings;
  settings.rounds = std::min(settings.rounds, 7);
  return compare(std::move(row), std::move(sides), settings);
}

}  // namespace

Rows measure_log(const Bench& bench) {
  constexpr std::size_t printed = 20'000'000;
  const auto text = log_text(printed);
  Rows rows;
  for (const int count : {0, 100, 1000}) rows.push_back(measure_pipeline(bench, count, text));
  for (const int count : {100, 1000}) rows.push_back(measure_run(bench, text, count));
  return rows;
}

}  // namespace crun::bench
