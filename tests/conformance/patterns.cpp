// patterns: do filters let an event through, and what is wrong with a pattern? Texts of mistakes
// are our own; how many there are and where is compared.
#include <string>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "tests/conformance/category.hpp"
#include "tests/conformance/pack.hpp"
#include "workflow/trigger/pattern.hpp"

namespace crun::conformance {

namespace {

using workflow::FilterPattern;
using workflow::PatternKind;
using workflow::PatternProblem;

void run_filters(const std::vector<Json>& tests, Report& report) {
  for (const auto& test : tests) {
    std::vector<FilterPattern> patterns;
    for (const auto& text : test.at("patterns")) patterns.push_back({text.get<std::string>(), {}});
    const auto names = test.at("inputs").get<std::vector<std::string>>();
    const auto told = [](bool includes, bool ignores) {
      return fmt::format("runs: {}, runs with -ignore: {}", includes, ignores);
    };
    report.check(
        test.at("id").get<std::string>(),
        told(test.at("include_filter_runs").get<bool>(), test.at("ignore_filter_runs").get<bool>()),
        told(
            workflow::filter_runs(patterns, names), workflow::ignore_filter_runs(patterns, names)));
  }
}

std::string told(const std::vector<PatternProblem>& problems) {
  std::vector<std::string> texts;
  for (const auto& problem : problems) {
    texts.push_back(fmt::format("{} (column {})", problem.message, problem.column));
  }
  return fmt::format("{} problems: {}", problems.size(), fmt::join(texts, "; "));
}

bool agrees(const Json& test, const std::vector<PatternProblem>& problems) {
  if (test.at("valid").get<bool>()) return problems.empty();
  if (problems.empty()) return false;
  if (test.contains("error_column")) {
    return problems.front().column == test.at("error_column").get<int>();
  }
  return problems.size() >= test.at("errors").size();
}

void run_syntax(const std::vector<Json>& tests, Report& report) {
  for (const auto& test : tests) {
    const auto kind = test.at("kind") == "ref" ? PatternKind::ref : PatternKind::path;
    const auto problems = workflow::check_pattern(test.at("pattern").get<std::string>(), kind);
    const auto id = test.at("id").get<std::string>();
    if (agrees(test, problems)) {
      report.pass();
    } else {
      report.fail(id, test.value("errors", Json::array()).dump(), told(problems));
    }
  }
}

void run(const std::filesystem::path& folder, Report& report) {
  for (const auto& file : line_files(folder)) {
    if (file.filename() == "filter_match.jsonl") run_filters(read_lines(file), report);
    if (file.filename() == "glob_syntax.jsonl") run_syntax(read_lines(file), report);
  }
}

const Registration registration{{"patterns", run}};

}  // namespace

}  // namespace crun::conformance
