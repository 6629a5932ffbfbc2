// Q7: how many expressions are parsed and evaluated a second.
#include <array>

#include "bench/bench.hpp"
#include "bench/rate.hpp"

#include "workflow/expression/expression.hpp"
#include "workflow/expression/json.hpp"

namespace crun::bench {
namespace {

using workflow::Expression;

constexpr std::array typical = {
    "github.ref == 'refs/heads/main' && github.event_name == 'push'",
    "needs.filter.outputs.services != '[]'",
    "format('{0}/{1}:{2}', env.REGISTRY, matrix.service, github.sha)",
    "contains(fromJSON('[\"push\", \"workflow_dispatch\"]'), github.event_name)",
    "startsWith(github.ref, 'refs/tags/v') || matrix.os == 'linux'"};

workflow::Scope scope() {
  workflow::Scope result;
  const auto set = [&](const char* name, const char* json) {
    result.contexts.set(name, workflow::from_json(json));
  };
  set("github", R"({"ref":"refs/heads/main","event_name":"push","sha":"0123456789abcdef"})");
  set("needs", R"({"filter":{"outputs":{"services":"[\"a\"]"},"result":"success"}})");
  set("env", R"({"REGISTRY":"registry.example.com"})");
  set("matrix", R"({"service":"services/go","os":"linux"})");
  return result;
}

Row rate_row(const std::string& id, const std::string& what, double goal) {
  return {
      .id = id,
      .what = what,
      .unit = "M/s",
      .more_is_better = true,
      .goal = {.at_least = goal},
      .absent = {{"act", no_such_command}, {"limit", no_least}}};
}

}  // namespace

Rows measure_expressions(const Bench& bench) {
  workflow::ExpressionNames names;
  names.contexts = {"github", "needs", "env", "matrix"};
  const auto values = scope();
  const auto both = [&] {
    const double seconds = seconds_of_one([&] {
      for (const auto* text : typical) {
        workflow::evaluate(Expression::parse(text, names), values);
      }
    });
    return static_cast<double>(typical.size()) / seconds / 1e6;
  };
  std::vector<Expression> parsed;
  for (const auto* text : typical) parsed.push_back(Expression::parse(text, names));
  const auto evaluated = [&] {
    const double seconds = seconds_of_one([&] {
      for (const auto& expression : parsed) workflow::evaluate(expression, values);
    });
    return static_cast<double>(typical.size()) / seconds / 1e6;
  };
  Rows rows;
  rows.push_back(compare(
      rate_row("Q7.both", "expressions parsed and evaluated (five typical ones)", 1.5),
      {{"crun", both}},
      bench.settings));
  rows.push_back(compare(
      rate_row("Q7.evaluate", "expressions evaluated, parsed before", 6),
      {{"crun", evaluated}},
      bench.settings));
  return rows;
}

}  // namespace crun::bench
