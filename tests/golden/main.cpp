// crun-golden DIR [ACTION...] [--only ID]: replays recordings of the original actions.
//
// DIR/<action>/cases.jsonl holds what an original did: inputs, event and environment, and its exit
// code, outputs, commands, annotations, masks, state and files. Each case gets a fresh world (home,
// workspace, event, a stub of the API, a `docker` that answers from the recording or passes the
// call on to the real one) and the built-in runs in it as it does in a job: as a child process.
//
// Compared is what a workflow can see. Not compared: questions a built-in asks of the engine
// (`docker buildx inspect` and the like; crun asks fewer), git commands (crun has a library for
// that), names of temporary files, log lines.
//
// The program plays three parts: the judge; the built-in (`crun-golden builtin NAME STAGE
// VERSION`); and, under the name `docker`, the recorder in front of the engine.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "executor/builtin/builtin.hpp"
#include "tests/golden/compare.hpp"
#include "tests/golden/deviations.hpp"
#include "tests/golden/ground.hpp"
#include "tests/golden/replay.hpp"
#include "tests/golden/shim.hpp"

namespace crun::tests::golden {
namespace {

using nlohmann::json;

struct Options {
  std::filesystem::path recordings;
  std::vector<std::string> actions;
  std::string only;
  bool keep = false;
};

struct Tally {
  int passed = 0, failed = 0, deviates = 0, skipped = 0;

  int total() const { return passed + failed + deviates + skipped; }
  Tally& operator+=(const Tally& other) {
    passed += other.passed;
    failed += other.failed;
    deviates += other.deviates;
    skipped += other.skipped;
    return *this;
  }
};

void judge_case(
    const std::string& line, const Ground& ground, const Options& options, Tally& tally) {
  const json recording = json::parse(line);
  const std::string id = recording["id"];
  if (const std::string missing = ground.what_is_missing_for(recording); !missing.empty()) {
    ++tally.skipped;
    fmt::print("  skipped {}: {}\n", id, missing);
    return;
  }
  std::vector<std::string> found;
  try {
    const json observed = replay(line, ground, options.keep);
    found = differences(recording, observed);
  } catch (const std::exception& error) {
    found.push_back(error.what());
  }
  const Deviation* known = find_deviation(id);
  const bool excused = known && std::all_of(found.begin(), found.end(), [known](const auto& text) {
                         return text.starts_with(known->where);
                       });
  if (found.empty()) {
    ++tally.passed;
    if (known) fmt::print("  {} no longer deviates: strike it from the table\n", id);
  } else if (excused) {
    ++tally.deviates;
    fmt::print("  deviates {}: {}\n", id, known->reason);
  } else {
    ++tally.failed;
    fmt::print("  failed {}: {}\n", id, found.front());
    if (!options.only.empty()) {
      for (std::size_t i = 1; i < found.size(); ++i) fmt::print("    {}\n", found[i]);
    }
  }
  std::fflush(stdout);
}

Tally judge_action(const std::string& action, const Ground& ground, const Options& options) {
  Tally tally;
  std::ifstream file(options.recordings / action / "cases.jsonl");
  for (std::string line; std::getline(file, line);) {
    if (line.empty()) continue;
    const std::string id = json::parse(line)["id"];
    if (options.only.empty() || id == options.only || id.starts_with(options.only + "-")) {
      judge_case(line, ground, options, tally);
    }
  }
  fmt::print("{} {}/{}", action, tally.passed, tally.total());
  if (tally.deviates) fmt::print(", {} deviate on purpose", tally.deviates);
  if (tally.skipped) fmt::print(", {} skipped", tally.skipped);
  fmt::print("\n");
  return tally;
}

/// Actions with recordings and a built-in.
std::vector<std::string> all_actions(const std::filesystem::path& recordings) {
  std::vector<std::string> actions;
  for (const executor::builtin::Builtin& builtin : executor::builtin::builtins()) {
    const std::string name(builtin.repository.substr(builtin.repository.find('/') + 1));
    if (std::filesystem::exists(recordings / name / "cases.jsonl")) actions.push_back(name);
  }
  return actions;
}

int judge(Options options) {
  if (options.actions.empty()) options.actions = all_actions(options.recordings);
  if (options.actions.empty()) {
    fmt::print(stderr, "no recordings in {}\n", options.recordings.string());
    return 2;
  }
  const Ground ground = Ground::look();
  Tally sum;
  for (const std::string& action : options.actions) sum += judge_action(action, ground, options);
  if (sum.deviates || sum.skipped) {
    fmt::print("{} deviate on purpose, {} skipped\n", sum.deviates, sum.skipped);
  }
  fmt::print("{} passed, {} failed\n", sum.passed, sum.failed);
  return sum.failed == 0 ? 0 : 1;
}

}  // namespace
}  // namespace crun::tests::golden

int main(int argc, char** argv) {
  using namespace crun::tests::golden;
  const std::vector<std::string> words(argv + 1, argv + argc);
  if (std::filesystem::path(argv[0]).filename() == "docker") return run_shim("docker", words);
  if (words.size() == 4 && words[0] == "builtin") {
    return crun::executor::builtin::run_builtin(words[1], words[2], words[3]);
  }
  Options options;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (words[i] == "--only" && i + 1 < words.size()) {
      options.only = words[++i];
    } else if (words[i] == "--keep") {
      options.keep = true;
    } else if (options.recordings.empty()) {
      options.recordings = words[i];
    } else {
      options.actions.push_back(words[i]);
    }
  }
  if (options.recordings.empty()) {
    fmt::print(stderr, "usage: crun-golden DIR [ACTION...] [--only ID] [--keep]\n");
    return 2;
  }
  return judge(std::move(options));
}
