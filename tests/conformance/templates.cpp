// templates: a text with `${{ }}` -> its value, or the one expression that GitHub makes of it.
#include <memory>
#include <string>

#include "tests/conformance/category.hpp"
#include "tests/conformance/pack.hpp"
#include "workflow/expression/token.hpp"

namespace crun::conformance {

namespace {

workflow::Node text_node(const Json& test) {
  workflow::Node node;
  node.kind = workflow::Node::Kind::string;
  node.text = test.at("template").get<std::string>();
  return node;
}

std::string interpolated(const Json& test) {
  workflow::ExpressionNames names;
  workflow::Scope scope;
  for (const auto& [name, value] : test.at("contexts").items()) {
    names.contexts.push_back(name);
    scope.contexts.set(name, to_value(value));
  }
  const auto token = workflow::make_token(nullptr, text_node(test), names);
  return workflow::evaluate_string(*token, scope);
}

std::string rewritten(const Json& test) {
  const auto token = workflow::make_token(nullptr, text_node(test), {});
  const auto pieces = workflow::split_text(token->raw, {});
  if (pieces.size() > 1) return token->text;
  // The cases write an expression that stands alone as it was, unless they ask for a format() of
  // it.
  const bool forced = test.at("force_format").get<bool>() && pieces.front().expression;
  return forced ? "format('{0}', " + pieces.front().expression->text() + ")" : token->raw;
}

template <typename Actual>
void run_file(
    const std::filesystem::path& file, const char* expected, Actual actual, Report& report) {
  if (!exists(file)) return;
  each_line(file, report, [&](const Json& test) {
    const auto id = test.at("id").get<std::string>();
    const auto wanted = test.at(expected).get<std::string>();
    try {
      report.check(id, wanted, actual(test));
    } catch (const std::exception& error) {
      report.fail(id, wanted, error.what());
    }
  });
}

void run(const std::filesystem::path& folder, Report& report) {
  run_file(folder / "interpolate.jsonl", "output", interpolated, report);
  run_file(folder / "rewrite_to_format.jsonl", "expr", rewritten, report);
}

const Registration registration{{"templates", run}};

}  // namespace

}  // namespace crun::conformance
