// conditions/{steps_runner,continue_on_error,background_steps}: what steps make of their job. Each
// case is run for real: a step that shall fail is a script that fails.
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "tests/conformance/category.hpp"
#include "tests/conformance/job_run.hpp"
#include "tests/conformance/pack.hpp"

namespace crun::conformance {

namespace {

using executor::Conclusion;

/// A script that ends as wanted. Who shall be cancelled must still be there then.
std::string script(const std::string& result, double seconds) {
  if (result == "cancelled") seconds = 20;
  const auto pause = seconds > 0 ? fmt::format("sleep {}; ", seconds) : std::string();
  return fmt::format("'{}exit {}'", pause, result == "failure" ? 1 : 0);
}

std::string flow(const Json& ids) {
  return ids.is_array() ? ids.dump() : ids.is_string() ? ids.get<std::string>() : ids.dump();
}

std::string step_text(const Json& step) {
  std::string text = "    -";
  const auto add = [&](std::string_view name, const std::string& value) {
    text += fmt::format("{}{}: {}\n", text.size() == 5 ? " " : "      ", name, value);
  };
  // What waits or cancels runs whatever was before it: in a file it can have no condition.
  for (const auto* key : {"wait", "wait-all", "cancel"}) {
    if (step.contains(key)) {
      add(key, flow(step.at(key)));
      return text;
    }
  }
  if (step.value("background", false)) {
    add("id", step.at("id"));
    add("background", "true");
  }
  if (step.contains("if")) add("if", step.at("if").dump());
  if (step.value("continue_on_error", false)) add("continue-on-error", "true");
  const auto result = step.contains("result") ? step.at("result") : step.at("run_result");
  add("run", script(result, step.value("duration_ms", 0) / 1000.0));
  return text;
}

std::string steps_text(const Json& steps) {
  std::string text;
  for (const auto& step : steps) text += step_text(step);
  return text;
}

/// The number of the step that shall be cancelled while it runs.
std::optional<int> cancelled_step(const Json& steps) {
  for (std::size_t i = 0; i < steps.size(); ++i) {
    if (steps[i].value("result", "") == "cancelled") return static_cast<int>(i) + 1;
  }
  return std::nullopt;
}

void run_steps(const std::filesystem::path& file, Report& report) {
  each_line(file, report, [&](const Json& test) {
    const auto& steps = test.at("steps");
    const auto run = run_job_of(steps_text(steps), cancelled_step(steps));
    Json expected, got;
    if (!test.at("job_result").is_null()) {
      expected["job"] = test.at("job_result");
      got["job"] = std::string(to_string(run.conclusion));
    }
    if (!test.at("ran").is_null()) {
      expected["ran"] = test.at("ran");
      for (const auto& step : run.steps) {
        got["ran"].push_back(step.outcome != Conclusion::skipped);
      }
    }
    report.check(test.at("id"), expected.dump(), got.dump());
  });
}

void run_continue_on_error(const std::filesystem::path& file, Report& report) {
  each_line(file, report, [&](const Json& test) {
    const auto steps = Json::array({test});
    const auto run = run_job_of(steps_text(steps), cancelled_step(steps));
    const auto got = run.steps.empty() ? Conclusion::skipped : run.steps.front().conclusion;
    report.check(test.at("id"), test.at("conclusion"), std::string(to_string(got)));
  });
}

void run_background(const std::filesystem::path& file, Report& report) {
  each_line(file, report, [&](const Json& test) {
    const auto run = run_job_of(steps_text(test.at("steps")));
    Json expected, got;
    if (test.contains("job_result")) {
      expected["job"] = test.at("job_result");
      got["job"] = std::string(to_string(run.conclusion));
    }
    if (test.contains("wait_step_skipped")) {
      expected["wait skipped"] = test.at("wait_step_skipped");
      got["wait skipped"] = run.steps.empty() || run.steps.back().conclusion == Conclusion::skipped;
    }
    report.check(test.at("id"), expected.dump(), got.dump());
  });
}

const Registration steps_registration{{"conditions/steps_runner.jsonl", run_steps}};
const Registration continue_registration{
    {"conditions/continue_on_error.jsonl", run_continue_on_error}};
const Registration background_registration{{"conditions/background_steps.jsonl", run_background}};

}  // namespace

}  // namespace crun::conformance
