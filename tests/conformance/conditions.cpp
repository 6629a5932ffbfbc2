// conditions/status_functions: success(), failure(), cancelled() and always() of a step.
#include <optional>
#include <string>

#include "tests/conformance/category.hpp"
#include "tests/conformance/pack.hpp"
#include "workflow/model/schema.hpp"
#include "workflow/plan/condition.hpp"

namespace crun::conformance {

namespace {

using workflow::Conclusion;

/// A job that has no status yet has not failed.
Conclusion conclusion(const Json& name) {
  for (const auto each : {Conclusion::failure, Conclusion::cancelled, Conclusion::skipped}) {
    if (name == to_string(each)) return each;
  }
  return Conclusion::success;
}

void run(const std::filesystem::path& file, Report& report) {
  each_line(file, report, [&](const Json& test) {
    std::optional<Conclusion> action;
    if (test.value("composite", false)) action = conclusion(test.value("action_status", Json()));
    workflow::Scope scope;
    scope.functions = step_status_functions(conclusion(test.at("job_status")), action);
    const auto& names = workflow::schema::expression_names(workflow::schema::step_condition);
    const auto condition = workflow::make_condition(test.at("expr"), {}, names);
    report.check(
        test.at("id"),
        test.at("result").dump(),
        Json(workflow::decide(condition, scope).runs).dump());
  });
}

const Registration registration{{"conditions/status_functions.jsonl", run}};

}  // namespace

}  // namespace crun::conformance
