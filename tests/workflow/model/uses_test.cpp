#include "workflow/model/uses.hpp"

#include "tests/catch.hpp"

using namespace crun::workflow;

TEST_CASE("uses: an action elsewhere has owner, repository, path and version", "[model]") {
  const auto action = parse_uses("github/codeql-action/analyze/deep@v3");
  REQUIRE(action);
  CHECK(action->kind == UsesReference::Kind::remote);
  CHECK(action->full_name() == "github/codeql-action");
  CHECK(action->path == "analyze/deep");
  CHECK(action->version == "v3");
}

TEST_CASE("uses: an action here, of this repository, or an image", "[model]") {
  CHECK(parse_uses("./")->path.empty());
  CHECK(parse_uses("./.github/actions/x")->path == ".github/actions/x");
  CHECK(parse_uses(".\\x")->kind == UsesReference::Kind::local);
  CHECK(parse_uses("$/x")->kind == UsesReference::Kind::self);
  CHECK(parse_uses("docker://alpine:3")->image == "alpine:3");
}

TEST_CASE("uses: without a version, an owner or a repository it is nothing", "[model]") {
  for (const char* text :
       {"", "actions/checkout", "actions@v1", "actions/checkout@", "a/b@c@d", "/b@c"}) {
    INFO(text);
    CHECK_FALSE(parse_uses(text));
  }
}

TEST_CASE("uses: the comment behind it is told, a hash within it is not", "[model]") {
  CHECK(uses_comment("      - uses: a/b@1234 # v4.2.2", 15) == "v4.2.2");
  CHECK(uses_comment("uses: 'a/b@x # y' #  v1  ", 7) == "v1");
  CHECK(uses_comment("uses: a/b@x#y", 7).empty());
  CHECK(uses_comment("uses: \"a/b@x\"", 7).empty());
}
