#include "workflow/plan/condition.hpp"

#include "tests/catch.hpp"

using namespace crun::workflow;

namespace {

const ExpressionNames names = {
    {"github", "needs", "env"},
    {{"always", 0, 0}, {"cancelled", 0, 0}, {"failure", 0, 9}, {"success", 0, 9}}};

std::string fixed(const std::string& text) {
  return make_condition(text, {}, names).expression.text();
}

Scope job_scope(std::map<std::string, Conclusion> ancestors, bool cancelled = false) {
  Object services;
  services.set("services", "[]");
  Object filter;
  filter.set("outputs", Value(services));
  filter.set("result", std::string(to_string(ancestors["filter"])));
  Object needs;
  needs.set("filter", Value(filter));
  Object github;
  github.set("ref", "refs/heads/topic");
  Scope scope;
  scope.contexts.set("github", Value(github));
  scope.contexts.set("needs", Value(needs));
  AncestorResults results;
  for (const auto& [id, result] : ancestors) results.add(result, {});
  results.each = [ancestors] { return ancestors; };
  scope.functions = job_status_functions(std::move(results), cancelled);
  return scope;
}

Decision decide(const std::string& text, const Scope& scope) {
  return crun::workflow::decide(make_condition(text, {}, names), scope);
}

}  // namespace

TEST_CASE("condition: without a status function success() is added", "[plan]") {
  CHECK(fixed("") == "success()");
  CHECK(fixed(" \n") == "success()");
  CHECK(fixed("github.ref == 'x'") == "success() && (github.ref == 'x')");
  CHECK(fixed("github.ref == 'failure()'") == "success() && (github.ref == 'failure()')");
  CHECK(fixed("!Cancelled()") == "!Cancelled()");
  CHECK(fixed("github.ref || failure()") == "github.ref || failure()");
}

TEST_CASE("condition: a name that is not known here is an error", "[plan]") {
  CHECK_THROWS_AS(fixed("secrets.x"), ExpressionError);
}

TEST_CASE("condition: the reason tells the values that decided", "[plan]") {
  const auto scope = job_scope({{"filter", Conclusion::success}});
  CHECK(decide("needs.filter.outputs.services == '[]'", scope).runs);
  const auto empty = decide(
      "needs.filter.outputs.services != '[]' &&\nneeds.filter.outputs.services != ''\n", scope);
  CHECK_FALSE(empty.runs);
  CHECK(
      empty.reason ==
      "if: needs.filter.outputs.services != '[]' && needs.filter.outputs.services != '' is false "
      "(needs.filter.outputs.services = '[]')");
  CHECK(
      decide("github.ref == 'refs/heads/main'", scope).reason ==
      "if: github.ref == 'refs/heads/main' is false (github.ref = 'refs/heads/topic')");
}

TEST_CASE("condition: where a need failed, that is the reason", "[plan]") {
  const auto scope = job_scope({{"filter", Conclusion::failure}});
  const auto expected = "if: success() is false (needs.filter.result = 'failure')";
  CHECK(decide("", scope).reason == expected);
  CHECK(decide("github.ref == 'refs/heads/main'", scope).reason == expected);
  CHECK(decide("failure()", scope).runs);
  CHECK(decide("always() && github.ref == 'x'", scope).reason.starts_with("if: always() && "));
}

TEST_CASE("condition: success() and failure() of a job look at all ancestors", "[plan]") {
  const auto far = job_scope({{"filter", Conclusion::success}, {"first", Conclusion::failure}});
  CHECK_FALSE(decide("", far).runs);
  CHECK(decide("failure()", far).runs);
  CHECK(decide("success('filter')", far).runs);
  CHECK_FALSE(decide("failure('FILTER')", far).runs);
  const auto skipped = job_scope({{"filter", Conclusion::skipped}});
  CHECK_FALSE(decide("", skipped).runs);
  CHECK_FALSE(decide("failure()", skipped).runs);
  CHECK(decide("!cancelled()", skipped).runs);
}

TEST_CASE("condition: of a cancelled run only always() and cancelled() are left", "[plan]") {
  const auto scope = job_scope({{"filter", Conclusion::success}}, true);
  CHECK_FALSE(decide("", scope).runs);
  CHECK_FALSE(decide("!cancelled()", scope).runs);
  CHECK(decide("cancelled()", scope).runs);
  CHECK(decide("always()", scope).runs);
}

TEST_CASE("condition: in a composite action success() looks at the action", "[plan]") {
  Scope scope;
  scope.functions = step_status_functions(Conclusion::success, Conclusion::failure);
  CHECK_FALSE(decide("", scope).runs);
  CHECK(decide("failure()", scope).runs);
  scope.functions = step_status_functions(Conclusion::cancelled, Conclusion::success);
  CHECK(decide("cancelled()", scope).runs);
  CHECK(decide("success()", scope).runs);
}
