// What expressions cost in memory requests.
#include "bench/budget/allocations.hpp"

#include "tests/catch.hpp"
#include "workflow/expression/expression.hpp"

using namespace crun;

namespace {

long allocations_of_evaluating(const char* text, int times) {
  workflow::ExpressionNames names;
  names.contexts = {"github"};
  workflow::Scope scope;
  workflow::Object github;
  github.set("ref", "refs/heads/main");
  github.set("event_name", "push");
  scope.contexts.set("github", workflow::Value(std::move(github)));
  const auto expression = workflow::Expression::parse(text, names);
  const auto before = bench::allocations();
  for (int i = 0; i < times; ++i) workflow::evaluate(expression, scope);
  return bench::allocations() - before;
}

}  // namespace

TEST_CASE("budget: evaluating a comparison asks for no memory", "[budget]") {
  constexpr int times = 100;
  const auto count = allocations_of_evaluating(
      "github.ref == 'refs/heads/main' && github.event_name == 'push'", times);
  if (bench::allocations() == 0) {
    WARN("skipped: a sanitizer's allocator does not count");
    return;
  }
  INFO(count << " requests for " << times << " evaluations");
  CHECK(count == 0);
}
