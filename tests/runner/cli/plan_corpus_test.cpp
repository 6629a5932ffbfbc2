// Real workflows, by the hundreds: `crun plan` refuses none of them and has something to say of
// every job. They lie outside the project.

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <string>

#include <nlohmann/json.hpp>

#include "runner/cli/plan_words.hpp"
#include "tests/catch.hpp"
#include "tests/scratch_repository.hpp"

namespace crun::tests {
namespace {

namespace fs = std::filesystem;

fs::path corpus() {
  const char* shared = std::getenv("CRUN_SHARED");
  const fs::path root = shared ? fs::path(shared) : fs::path(CRUN_SOURCE_DIR) / ".." / "shared";
  return root / "conformance" / "corpus";
}

/// All that is wrong is that a workflow of the same repository, which it calls, is not in the pack.
bool lacks_only_a_callee(const workflow::Diagnostics& diagnostics) {
  return std::all_of(
      diagnostics.all().begin(), diagnostics.all().end(), [](const workflow::Diagnostic& finding) {
        return finding.severity != workflow::Severity::error ||
               finding.message.starts_with("Unable to find reusable workflow './");
      });
}

void check_plan(const fs::path& repository, const std::string& file, const char* event) {
  runner::RunOptions options;
  options.directory = repository;
  options.workflow = ".github/workflows/" + file;
  options.event = event;
  options.offline = options.only_plan = true;
  const auto prepared = prepare_run(options, "1");
  INFO(render(prepared.diagnostics));
  CHECK(lacks_only_a_callee(prepared.diagnostics));
  REQUIRE(prepared.workflow);
  if (prepared.diagnostics.has_errors()) return;
  CHECK(prepared.graph.order.size() == prepared.workflow->jobs.size());
  const runner::PlanWords words(prepared, options);
  const auto jobs = "\n" + words.jobs();
  for (const auto& job : prepared.workflow->jobs) {
    const bool told = jobs.find("\n  " + job.id) != std::string::npos;
    CHECK(told);
  }
  const bool fires = words.head().find("does not trigger") == std::string::npos;
  CHECK(fires == prepared.trigger.fires);
}

}  // namespace

TEST_CASE(
    "crun plan: none of the real workflows is refused, on a push or a pull request", "[cli]") {
  if (!fs::exists(corpus() / "index.json")) {
    WARN("skipped: no conformance pack in CRUN_SHARED or ../shared");
    return;
  }
  const ScratchRepository repository;
  const auto folder = repository.path() / ".github" / "workflows";
  fs::create_directories(folder);
  const auto index = nlohmann::json::parse(read_text(corpus() / "index.json"));
  REQUIRE(index.size() > 100);
  for (const auto& test : index) {
    const std::string file = test.at("file");
    fs::copy_file(corpus() / file, folder / file, fs::copy_options::overwrite_existing);
  }
  repository.commit("real workflows");
  for (const auto& test : index) {
    const std::string file = test.at("file");
    for (const auto* event : {"push", "pull_request"}) {
      INFO(file << " on " << event);
      check_plan(repository.path(), file, event);
    }
  }
}

}  // namespace crun::tests
