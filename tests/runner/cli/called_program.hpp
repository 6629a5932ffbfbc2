// Calls the built crun in a repository, with places of its own, and reads what it says.
#pragma once

#include <algorithm>
#include <cstdlib>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "executor/process/command.hpp"
#include "tests/scratch_repository.hpp"

namespace crun::tests {

struct Called {
  int code = 0;
  std::string out, err;
  std::vector<nlohmann::json> events;  // of --json

  std::vector<std::string> lines() const {
    std::vector<std::string> found;
    for (const auto& event : events) {
      if (event["event"] == "log") found.push_back(event["line"]);
    }
    return found;
  }
  bool said(const std::string& line) const {
    const auto all = lines();
    return std::find(all.begin(), all.end(), line) != all.end();
  }
  /// Conclusion of a job or leg by its display name; empty when there was none.
  std::string conclusion(const std::string& name) const {
    for (const auto& event : events) {
      if (event["event"] == "job.finished" && event["name"] == name) return event["conclusion"];
    }
    return {};
  }
};

/// Where CalledProgram looks for programs.
constexpr char program_path[] = "/usr/local/bin:/usr/bin:/bin";

/// Is there a node that JavaScript actions can have? Without one a test of theirs says so and ends.
inline bool has_node() {
  const auto script = std::string("PATH=") + program_path + "; node --version | tr -dc 0-9.";
  return std::atoi(shell(".", script).out.c_str()) >= 20;
}

/// A workflow with one job, `only`, of these steps.
inline std::string job_of(const std::string& steps) {
  return "on: push\njobs:\n  only:\n    runs-on: ubuntu-latest\n    steps:\n" + steps;
}

/// The same, after a checkout.
inline std::string job_with_files(const std::string& steps) {
  return job_of("      - uses: actions/checkout@v4\n" + steps);
}

/// A repository with one workflow, .github/workflows/w.yaml.
class CalledProgram {
 public:
  explicit CalledProgram(const std::string& workflow) {
    repository.write(".github/workflows/w.yaml", workflow);
    repository.commit("workflow");
    for (const char* place : {"state", "cache", "runtime", "tmp", "home"}) {
      std::filesystem::create_directory(repository.beside(place));
    }
  }

  Called run(std::vector<std::string> options, executor::Environment more = {}) const {
    std::vector<std::string> arguments = {CRUN_PROGRAM, "run", "--json"};
    arguments.insert(arguments.end(), options.begin(), options.end());
    auto called = call(std::move(arguments), std::move(more));
    std::istringstream lines(called.out);
    for (std::string line; std::getline(lines, line);) {
      called.events.push_back(nlohmann::json::parse(line));
    }
    return called;
  }

  Called call(std::vector<std::string> arguments, executor::Environment more = {}) const {
    executor::Command command;
    command.argv = std::move(arguments);
    command.directory = repository.path();
    executor::Environment environment{
        {"PATH", program_path},
        {"HOME", repository.beside("home").string()},
        {"XDG_STATE_HOME", repository.beside("state").string()},
        {"XDG_CACHE_HOME", repository.beside("cache").string()},
        {"XDG_RUNTIME_DIR", repository.beside("runtime").string()},
        {"TMPDIR", repository.beside("tmp").string()}};
    environment.merge(more);
    command.environment = environment;
    const auto result = executor::run_command(command);
    return {result.status.code(), result.out, result.err, {}};
  }

  /// What a run left in the places that must be empty after it, and mounts.
  std::string leftovers() const {
    return shell(
               repository.beside("."),
               "find runtime tmp cache/crun/work -mindepth 1 2>/dev/null; "
               "grep -F \" $PWD/\" /proc/self/mountinfo || true")
        .out;
  }

  ScratchRepository repository;
};

}  // namespace crun::tests
