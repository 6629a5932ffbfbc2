#include "executor/process/environment.hpp"

#include <cstdlib>

#include "tests/catch.hpp"

using crun::executor::Environment;

TEST_CASE("environment: set, find, merge and unset", "[process]") {
  Environment environment{{"B", "2"}, {"A", "1"}};
  Environment other{{"B", "two"}, {"C", ""}};
  environment.merge(other);
  CHECK(environment.lines() == std::vector<std::string>{"A=1", "B=two", "C="});
  environment.unset("A");
  CHECK(environment.find("A") == nullptr);
  CHECK(environment.get("A", "none") == "none");
  CHECK(environment.get("C", "none").empty());
  CHECK(environment.find("b") == nullptr);
}

TEST_CASE("environment: the inherited one is that of the process", "[process]") {
  ::setenv("CRUN_TEST_INHERITED", "a=b", 1);
  CHECK(Environment::inherited().get("CRUN_TEST_INHERITED") == "a=b");
  ::unsetenv("CRUN_TEST_INHERITED");
}
