#include "workflow/model/schema.hpp"

#include <algorithm>
#include <set>
#include <string>

#include "tests/catch.hpp"

using namespace crun::workflow;

namespace {

bool contains(const std::vector<std::string>& all, const std::string& wanted) {
  return std::find(all.begin(), all.end(), wanted) != all.end();
}

}  // namespace

TEST_CASE("schema: names become contexts and functions with their arguments", "[model]") {
  const auto& names = schema::expression_names(schema::job_condition);
  CHECK(names.contexts == std::vector<std::string>{"github", "inputs", "needs", "vars"});
  REQUIRE(names.functions.size() == 4);
  CHECK(names.functions[2].name == "failure");
  CHECK(names.functions[2].max_arguments > 255);
  const auto& step = schema::expression_names(schema::step_condition);
  CHECK_FALSE(contains(step.contexts, "secrets"));
  CHECK(step.functions.front().name == "hashFiles");
  CHECK(step.functions.back().max_arguments == 0);
  CHECK(&schema::expression_names(schema::job_condition) == &names);
}

TEST_CASE("schema: it knows where a context can be used", "[model]") {
  const auto env = schema::places_with(schema::context_named("env"));
  CHECK(contains(env, "jobs.<job_id>.steps[*].run"));
  CHECK(contains(env, "jobs.<job_id>.outputs.<name>"));
  CHECK_FALSE(contains(env, "jobs.<job_id>.if"));
  CHECK_FALSE(contains(env, "env"));
  CHECK(contains(schema::places_with(schema::secrets), "env"));
  CHECK(
      schema::places_with(schema::context_named("jobs")) ==
      std::vector<std::string>{"on.workflow_call.outputs.<name>.value"});
  CHECK(schema::context_named("nowhere") == 0);
}

TEST_CASE("schema: no mapping names a key twice", "[model]") {
  for (const auto* place : {&schema::workflow, &schema::on, &schema::step, &schema::action}) {
    for (const auto& shape : place->shapes) {
      std::set<std::string_view> seen;
      for (const auto& key : shape.keys) {
        INFO(key.name);
        CHECK(seen.insert(key.name).second);
      }
    }
  }
}
