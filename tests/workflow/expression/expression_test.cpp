#include "workflow/expression/expression.hpp"

#include <string>
#include <vector>

#include "tests/catch.hpp"

using namespace crun::workflow;
using Names = std::vector<std::string>;

namespace {

Expression parse(std::string_view text) {
  return Expression::parse(
      text,
      {{"github", "needs", "steps", "matrix", "env"}, {{"success", 0, 9}, {"hashFiles", 1, 255}}});
}

}  // namespace

TEST_CASE("expression: which contexts and functions it names", "[expression]") {
  const auto expression =
      parse("Success() && toJSON(Needs.a) == format('failure() {0}', github.x, needs)");
  CHECK(expression.context_names() == Names{"needs", "github"});
  CHECK(expression.function_names() == Names{"success", "tojson", "format"});
  CHECK(expression.calls({"SUCCESS"}));
  CHECK_FALSE(expression.calls({"failure", "always"}));
  CHECK(
      expression.text() ==
      "Success() && toJSON(Needs.a) == format('failure() {0}', github.x, needs)");
}

TEST_CASE("expression: which paths it reads", "[expression]") {
  CHECK(
      parse("needs.Filter.outputs['services']").paths() == Names{"needs.Filter.outputs.services"});
  CHECK(parse("github.event.commits.*.id[0]").paths() == Names{"github.event.commits.*"});
  CHECK(parse("github.event.commits[0].id").paths() == Names{"github.event.commits.0.id"});
  CHECK(
      parse("steps[matrix.step].outputs.x || fromJSON(ENV.A).b").paths() ==
      Names{"matrix.step", "steps.*", "env.A"});
  CHECK(parse("(needs.a || needs.b).c && needs.a").paths() == Names{"needs.a", "needs.b"});
  CHECK(parse("'needs.a'").paths().empty());
  CHECK(parse("github").paths() == Names{"github"});
}

TEST_CASE("expression: one string literal is known as such", "[expression]") {
  REQUIRE(parse(" 'it''s' ").literal());
  CHECK(*parse("'it''s'").literal() == "it's");
  for (const char* text : {"", "('x')", "'x' == 'y'", "1", "github", "!'x'"}) {
    INFO(text);
    CHECK(parse(text).literal() == nullptr);
  }
}

TEST_CASE("expression: the empty one is null and knows nothing", "[expression]") {
  for (const auto& expression : {Expression(), parse(""), parse(" \n ")}) {
    CHECK(evaluate(expression, {}).is_null());
    CHECK(expression.paths().empty());
    CHECK(expression.context_names().empty());
    CHECK_FALSE(expression.calls({"success"}));
    CHECK(expression.literal() == nullptr);
  }
  CHECK(Expression().text().empty());
}
