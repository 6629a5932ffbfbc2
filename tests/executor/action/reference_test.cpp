#include "executor/action/reference.hpp"

#include "tests/catch.hpp"

using namespace crun::executor;
using Kind = ActionReference::Kind;

TEST_CASE("action reference: the four forms of uses", "[action]") {
  const auto remote = ActionReference::parse("owner/repo/deep/er@v1");
  REQUIRE(remote);
  CHECK(remote->repository == "owner/repo");
  CHECK(remote->path == "deep/er");
  CHECK(remote->ref == "v1");
  CHECK(ActionReference::parse("./here")->kind == Kind::local);
  CHECK(ActionReference::parse("$/here")->kind == Kind::self);
  CHECK(ActionReference::parse("docker://alpine:3")->image == "alpine:3");
}

TEST_CASE("action reference: what would leave its folder is none", "[action]") {
  for (const char* text :
       {"../..@v1",
        "owner/..@v1",
        "owner/repo/../../x@v1",
        "$/../x",
        "own er/x@v1",
        "owner@v1",
        "owner/@v1",
        "/repo@v1",
        "owner/repo@",
        "owner/repo@v1/../../x",
        "owner/repo@/v1",
        "owner/repo@v1^{/.}",
        "owner/repo@main@{1}"}) {
    INFO(text);
    CHECK_FALSE(ActionReference::parse(text));
  }
}
