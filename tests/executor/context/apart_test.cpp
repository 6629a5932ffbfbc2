#include "executor/context/apart.hpp"

#include "tests/catch.hpp"

using namespace crun::executor;

TEST_CASE("apart: what chooses programs is told from what is only for an action", "[context]") {
  for (const char* name :
       {"PATH", "HOME", "LD_PRELOAD", "GIT_SSH_COMMAND", "DOCKER_CONFIG", "DOCKER_HOST", "ENV"}) {
    INFO(name);
    CHECK(chooses_programs(name));
  }
  for (const char* name :
       {"VERSION",
        "DOCKER_METADATA_PR_HEAD_SHA",
        "DOCKER_BUILDKIT",
        "AWS_REGION",
        "PATH_OF_MINE"}) {
    INFO(name);
    CHECK_FALSE(chooses_programs(name));
  }
}

TEST_CASE("apart: settings for git come beside those that are there", "[context]") {
  Environment environment{
      {"GIT_CONFIG_COUNT", "1"}, {"GIT_CONFIG_KEY_0", "a.b"}, {"GIT_CONFIG_VALUE_0", "c"}};
  add_git_setting(environment, "safe.directory", "*");
  CHECK(environment.get("GIT_CONFIG_COUNT") == "2");
  CHECK(environment.get("GIT_CONFIG_KEY_0") == "a.b");
  CHECK(environment.get("GIT_CONFIG_KEY_1") == "safe.directory");
  CHECK(environment.get("GIT_CONFIG_VALUE_1") == "*");
}
