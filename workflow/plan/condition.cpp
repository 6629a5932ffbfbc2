#include "workflow/plan/condition.hpp"

#include <algorithm>
#include <memory>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "workflow/expression/json.hpp"
#include "workflow/source/unicode.hpp"

namespace crun::workflow {

namespace {

constexpr std::size_t longest_value = 200;  // of a value in a reason
constexpr std::size_t longest_text = 500;   // of the condition itself

const std::vector<std::string> status_functions = {"always", "cancelled", "failure", "success"};

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view space = " \t\r\n";
  const auto first = text.find_first_not_of(space);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(space) - first + 1);
}

std::string shown(const Value& value) {
  return shortened(
      value.is_string() ? fmt::format("'{}'", value.string()) : to_compact_json(value),
      longest_value);
}

/// "needs.filter.outputs.services = '[]'" for each path that the condition reads.
std::vector<std::string> values_read(
    const Expression& expression,
    const Scope& scope,
    const std::function<bool(std::string_view)>& wanted = {}) {
  ExpressionNames names;
  for (const auto& [name, value] : scope.contexts) names.contexts.push_back(name);
  std::vector<std::string> values;
  for (const auto& path : expression.paths()) {
    if (wanted && !wanted(path)) continue;
    try {
      const auto value = evaluate(Expression::parse(path, names), scope);
      auto text = fmt::format("{} = {}", path, shown(value));
      if (std::find(values.begin(), values.end(), text) == values.end()) {
        values.push_back(std::move(text));
      }
    } catch (const std::runtime_error&) {
      // A path that cannot be read alone decides nothing that could be shown.
    }
  }
  return values;
}

/// The needs that did not succeed, for success() that is false.
std::vector<std::string> needs_that_failed(const Scope& scope) {
  std::vector<std::string> failed;
  const auto* needs = scope.context("needs");
  if (!needs || !needs->is_object()) return failed;
  for (const auto& [job, need] : needs->object()) {
    const auto& result = need["result"];
    if (!result.is_string() || result.string() == "success") continue;
    failed.push_back(fmt::format("needs.{}.result = '{}'", job, result.string()));
  }
  return failed;
}

std::string reason(
    std::string_view condition, const std::vector<std::string>& values, bool holds = false) {
  auto text = fmt::format("if: {} is {}", shortened(condition, longest_text), holds);
  if (!values.empty()) text += fmt::format(" ({})", fmt::join(values, ", "));
  return text;
}

Function answer(bool value) {
  return [value](const std::vector<Value>&) { return Value(value); };
}

}  // namespace

Condition make_condition(std::string text, Span span, const ExpressionNames& names) {
  Condition condition{span, std::move(text), {}};
  if (trimmed(condition.text).empty()) {
    condition.expression = Expression::parse("success()", names);
    return condition;
  }
  condition.expression = Expression::parse(condition.text, names);
  if (!condition.expression.calls(status_functions)) {
    condition.expression =
        Expression::parse(fmt::format("success() && ({})", condition.text), names);
  }
  return condition;
}

std::string_view to_string(Conclusion conclusion) {
  switch (conclusion) {
    case Conclusion::success:
      return "success";
    case Conclusion::failure:
      return "failure";
    case Conclusion::cancelled:
      return "cancelled";
    case Conclusion::skipped:
      return "skipped";
  }
  return "";
}

void AncestorResults::add(Conclusion result, const AncestorResults& before) {
  all_succeeded = all_succeeded && before.all_succeeded && result == Conclusion::success;
  any_failed = any_failed || before.any_failed || result == Conclusion::failure;
}

std::map<std::string, Function> job_status_functions(
    AncestorResults ancestors, bool run_cancelled) {
  // With arguments only the jobs that they name count.
  const auto any_named = [](const AncestorResults& of,
                            const std::vector<Value>& jobs,
                            const std::function<bool(Conclusion)>& wanted) {
    if (!of.each) return false;
    const auto results = of.each();
    return std::any_of(results.begin(), results.end(), [&](const auto& result) {
      const auto names = [&](const Value& job) {
        return compare_ignoring_case(job.to_string(), result.first) == 0;
      };
      return wanted(result.second) && std::any_of(jobs.begin(), jobs.end(), names);
    });
  };
  const auto shared = std::make_shared<const AncestorResults>(std::move(ancestors));
  std::map<std::string, Function> functions;
  functions["always"] = answer(true);
  functions["cancelled"] = answer(run_cancelled);
  functions["failure"] = [shared, any_named](const std::vector<Value>& jobs) {
    const auto failed = [](Conclusion conclusion) { return conclusion == Conclusion::failure; };
    return Value(jobs.empty() ? shared->any_failed : any_named(*shared, jobs, failed));
  };
  functions["success"] = [shared, any_named, run_cancelled](const std::vector<Value>& jobs) {
    const auto not_well = [](Conclusion conclusion) { return conclusion != Conclusion::success; };
    const bool well = jobs.empty() ? shared->all_succeeded : !any_named(*shared, jobs, not_well);
    return Value(!run_cancelled && well);
  };
  return functions;
}

std::map<std::string, Function> step_status_functions(
    Conclusion job_status, std::optional<Conclusion> action_status) {
  const auto status = action_status.value_or(job_status);
  return {
      {"always", answer(true)},
      {"cancelled", answer(job_status == Conclusion::cancelled)},
      {"failure", answer(status == Conclusion::failure)},
      {"success", answer(status == Conclusion::success)},
  };
}

Decision decide(const Condition& condition, const Scope& scope) {
  if (evaluate(condition.expression, scope).truthy()) return {true, {}};
  const auto text = one_line(condition.text);
  const bool implicit = condition.expression.text() != condition.text;
  if (implicit) {
    const auto success = scope.functions.find("success");
    if (success != scope.functions.end() && !success->second({}).truthy()) {
      return {false, reason("success()", needs_that_failed(scope))};
    }
  }
  return {false, reason(text, values_read(condition.expression, scope))};
}

std::string reason_of(
    const Condition& condition,
    const Scope& scope,
    bool holds,
    const std::function<bool(std::string_view)>& shown) {
  return reason(one_line(condition.text), values_read(condition.expression, scope, shown), holds);
}

std::string one_line(std::string_view text) {
  std::string line;
  for (const char c : trimmed(text)) {
    const bool space = c == ' ' || c == '\t' || c == '\r' || c == '\n';
    if (!space) {
      line += c;
    } else if (!line.ends_with(' ')) {
      line += ' ';
    }
  }
  return line;
}

}  // namespace crun::workflow
