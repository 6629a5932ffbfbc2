// conditions/result_merge: how two results of a job add up.
#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "executor/job/task_result.hpp"
#include "tests/conformance/category.hpp"
#include "tests/conformance/pack.hpp"

namespace crun::conformance {

namespace {

using executor::TaskResult;

constexpr std::array<std::string_view, 5> names{
    "success", "failure", "cancelled", "skipped", "abandoned"};

std::optional<TaskResult> result(const Json& name) {
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (name == names[i]) return static_cast<TaskResult>(i);
  }
  return std::nullopt;
}

void run(const std::filesystem::path& file, Report& report) {
  each_line(file, report, [&](const Json& test) {
    const auto merged = merge(result(test.at("current")), result(test.at("new")).value());
    report.check(
        test.at("id"), test.at("merged"), std::string(names[static_cast<std::size_t>(merged)]));
  });
}

const Registration registration{{"conditions/result_merge.jsonl", run}};

}  // namespace

}  // namespace crun::conformance
