// expressions: parse with the names of the contexts and nothing else, evaluate, compare kind and
// value, or stage and text of the error.
#include <string>

#include <fmt/format.h>

#include "tests/conformance/category.hpp"
#include "tests/conformance/pack.hpp"
#include "workflow/expression/expression.hpp"

namespace crun::conformance {

namespace {

using workflow::Expression;
using workflow::ExpressionError;

struct Outcome {
  std::string error_kind;  // empty: there is a value
  std::string error;
  workflow::Value value;
};

Outcome evaluate(const std::string& text, const Json& contexts) {
  workflow::ExpressionNames names;
  workflow::Scope scope;
  for (const auto& [name, value] : contexts.items()) {
    names.contexts.push_back(name);
    scope.contexts.set(name, to_value(value));
  }
  try {
    return {"", "", workflow::evaluate(Expression::parse(text, names), scope)};
  } catch (const ExpressionError& error) {
    const bool lexing = error.stage() == ExpressionError::Stage::lexing;
    return {lexing ? "lexing" : "parsing", error.what(), {}};
  } catch (const workflow::EvaluationError& error) {
    return {"evaluation", error.what(), {}};
  }
}

std::string kind_name(const workflow::Value& value) {
  constexpr const char* names[] = {"Null", "Boolean", "Number", "String", "Array", "Object"};
  return names[static_cast<int>(value.kind())];
}

// 2 and 2.0 are one number in the pack.
Json normalized(const Json& json) {
  return to_json(to_value(json));
}

std::string shown(const std::string& kind, const Json& value) {
  return kind + " " + value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string shown(const Outcome& outcome) {
  if (!outcome.error_kind.empty()) return outcome.error_kind + ": " + outcome.error;
  return shown(kind_name(outcome.value), to_json(outcome.value));
}

void check_error(const Json& test, const Outcome& outcome, Report& report) {
  const auto id = test.at("id").get<std::string>();
  const auto kind = test.value("error_kind", std::string());
  const auto text = test.at("error").get<std::string>();
  const bool same_kind =
      outcome.error_kind == kind || (kind.empty() && !outcome.error_kind.empty());
  if (same_kind && outcome.error.find(text) != std::string::npos) return report.pass();
  report.fail(id, kind + ": ..." + text + "...", shown(outcome));
}

void run_case(const Json& test, Report& report) {
  const auto outcome =
      evaluate(test.at("expr").get<std::string>(), test.value("contexts", Json::object()));
  if (test.contains("error")) return check_error(test, outcome, report);
  const auto& result = test.at("result");
  const auto expected =
      shown(result.at("kind").get<std::string>(), normalized(result.value("value", Json())));
  report.check(test.at("id").get<std::string>(), expected, shown(outcome));
}

void run(const std::filesystem::path& folder, Report& report) {
  for (const auto& file : line_files(folder)) {
    each_line(file, report, [&](const Json& test) { run_case(test, report); });
  }
}

const Registration registration{{"expressions", run}};

}  // namespace

}  // namespace crun::conformance
