// crun-bench: measures crun against its peers and the machine's own limits. bench/run builds it and
// calls it.
#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <iostream>

#include <unistd.h>

#include "bench/bench.hpp"
#include "bench/machine.hpp"
#include "bench/report.hpp"
#include <CLI/CLI.hpp>
#include <fmt/chrono.h>
#include <fmt/format.h>

namespace crun::bench {
namespace {

struct Options {
  std::vector<std::string> asked;
  std::vector<std::string> against = {"act", "cli", "limit"};
  int rounds = 15;
  std::filesystem::path crun, json, page;
  std::filesystem::path history = std::filesystem::path(CRUN_BENCH_SCRIPTS) / "history.jsonl";
  std::string image, since, commit;
  bool record = false;
};

/// A folder in memory that goes with the program; creating files on disk measures the disk.
class Scratch {
 public:
  Scratch() {
    auto pattern = std::string(
        ::access("/dev/shm", W_OK) == 0 ? "/dev/shm/crun-bench-XXXXXX" : "/tmp/crun-bench-XXXXXX");
    if (!::mkdtemp(pattern.data())) throw std::runtime_error("cannot make a folder in /dev/shm");
    path_ = pattern;
  }
  ~Scratch() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

std::string now() {
  return fmt::format("{:%FT%TZ}", fmt::gmtime(std::time(nullptr)));
}

std::string from_environment(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

bool is_asked(const Options& options, const Question& question) {
  const auto& asked = options.asked;
  return asked.empty() || std::any_of(asked.begin(), asked.end(), [&](const auto& each) {
           const auto quantity = each.substr(0, each.find('.'));  // of a row like "Q2.bash"
           const auto& all = question.quantities;
           return std::find(all.begin(), all.end(), quantity) != all.end();
         });
}

/// Its name is that of a quantity, of a row, or of the question, which means all its rows.
bool is_asked(const Options& options, const Question& question, const Row& row) {
  const auto& asked = options.asked;
  return asked.empty() || std::any_of(asked.begin(), asked.end(), [&](const auto& each) {
           return each == question.name() || each == row.id || row.id.starts_with(each + ".");
         });
}

/// A question that cannot be asked here is a row that says why, and the others are still asked.
Rows measure(const Question& question, const Bench& bench) {
  try {
    return question.measure(bench);
  } catch (const std::exception& error) {
    return {{.id = question.name(), .what = question.title, .note = error.what()}};
  }
}

Rows measure(const Options& options, const Bench& bench) {
  Rows rows;
  for (const auto& question : questions()) {
    if (!is_asked(options, question)) continue;
    for (auto& row : measure(question, bench)) {
      if (!is_asked(options, question, row)) continue;
      std::cerr << line_of(row) << '\n';
      rows.push_back(std::move(row));
    }
  }
  return rows;
}

std::string command_line(const Options& options) {
  std::string text = "bench/run";
  for (const auto& asked : options.asked) text += " " + asked;
  return text + fmt::format(" --n {}", options.rounds);
}

int run_bench(const Options& options) {
  const Scratch scratch;
  Bench bench;
  bench.crun = std::filesystem::absolute(options.crun);
  bench.act = from_environment("ACT");
  bench.folder = scratch.path();
  bench.shared = from_environment("CRUN_SHARED");
  bench.image = options.image;
  bench.settings.rounds = options.rounds;
  bench.settings.against = {options.against.begin(), options.against.end()};

  Report report;
  report.date = now();
  report.commit = options.commit;
  report.command = command_line(options);
  report.machine = machine_facts();
  report.rows = measure(options, bench);

  if (!options.json.empty()) std::ofstream(options.json) << json_of(report) << '\n';
  if (!options.page.empty()) std::ofstream(options.page) << page_of(report);
  if (!options.since.empty()) {
    const auto slower = slower_since(report, options.history, options.since);
    std::cout << (slower.empty() ? "nothing became slower since " + options.since + "\n" : slower);
  }
  if (options.record) record(report, options.history);
  return 0;
}

}  // namespace
}  // namespace crun::bench

int main(int argc, char** argv) {
  crun::bench::Options options;
  CLI::App app{"Measures crun against act, the docker client and the machine's limits."};
  app.add_option("rows", options.asked, "Q1 ... Q14, or a row (Q2.bash); default: all");
  app.add_option("--against", options.against, "sides: act (ACT=PROGRAM), cli, limit")
      ->delimiter(',')
      ->expected(1);
  app.add_option("--n", options.rounds, "rounds of each row")->check(CLI::Range(1, 1000));
  app.add_option("--crun", options.crun, "the program to measure")->required();
  app.add_option("--image", options.image, "a container image with sh");
  app.add_option("--commit", options.commit, "of the program, for page and history");
  app.add_option("--json", options.json, "write the rows to a file");
  app.add_option("--page", options.page, "write the page to a file");
  app.add_flag("--record", options.record, "add a line to the history");
  app.add_option("--history", options.history, "the file of the history");
  app.add_option("--since", options.since, "say what became slower since a commit in the history");
  CLI11_PARSE(app, argc, argv);
  try {
    return crun::bench::run_bench(options);
  } catch (const std::exception& error) {
    std::cerr << "crun-bench: " << error.what() << '\n';
    return 3;
  }
}
