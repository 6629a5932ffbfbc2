// Expressions: no text breaks the parser; the value is that of a second, plainer evaluator;
// brackets around everything change nothing; and JSON that is printed can be read back.
#include "workflow/expression/expression.hpp"

#include <optional>
#include <string>

#include "fuzz/oracle.hpp"
#include "fuzz/second_evaluator.hpp"

#include "workflow/expression/json.hpp"
#include "workflow/expression/token.hpp"

using namespace crun::workflow;
using crun::fuzz::require;

namespace {

constexpr std::size_t longest_text = 21'000;

const Object& contexts() {
  static const Value value = from_json(R"({
    "github": {"ref": "refs/heads/main", "event": {"commits": [{"id": "a", "n": 1}, {"id": "B"}],
               "number": 7, "draft": false, "label": null}, "Actor": "Ada"},
    "env": {"A": "1", "b": "0x1F", "empty": "", "text": "Grüße"},
    "needs": {"one": {"result": "success", "outputs": {"list": "[1, 2]"}}, "two": {"result": "failure"}},
    "matrix": {"os": "linux", "n": 3.5, "nested": [[1, "2"], {"a": true}], "none": null}
  })");
  return value.object();
}

const ExpressionNames& names() {
  static const ExpressionNames all = {
      {"github", "env", "needs", "matrix"}, {{"success", 0, 255}, {"always", 0, 0}}};
  return all;
}

/// As JSON, or the error.
std::string shown(const Expression& expression) {
  Scope scope;
  scope.contexts = contexts();
  scope.functions["success"] = [](const std::vector<Value>&) { return Value(true); };
  scope.functions["always"] = [](const std::vector<Value>&) { return Value(true); };
  try {
    return to_json(evaluate(expression, scope), 1 << 20);
  } catch (const EvaluationError&) {
    return "error";
  } catch (const JsonError&) {
    return "error";
  }
}

void check_value(const Expression& expression) {
  const auto value = shown(expression);
  if (const auto again = crun::fuzz::evaluate_again(expression, contexts());
      again && value != "error") {
    require(to_json(*again) == value, "both evaluators agree", to_json(*again) + "\n" + value);
  }
  const auto text = crun::fuzz::with_brackets(expression);
  if (text.size() > longest_text) return;
  require(shown(Expression::parse(text, names())) == value, "brackets change nothing", text);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = crun::fuzz::text_of(data, size);
  try {
    const auto expression = Expression::parse(text, names());
    expression.paths();
    expression.function_names();
    check_value(expression);
  } catch (const ExpressionError& error) {
    require(error.position() >= 0, "a position is not negative");
    // In units of UTF-16; a byte that is no UTF-8 counts as two.
    require(error.position() <= 2 * static_cast<int>(size) + 1, "a position lies in the text");
  }
  try {
    split_text(text, names());
  } catch (const ExpressionError&) {
  }
  try {
    const auto value = from_json(text);
    const auto printed = to_json(value);
    require(to_json(from_json(printed)) == printed, "printed JSON is read back", printed);
  } catch (const JsonError&) {
  }
  return 0;
}
