#include "executor/builtin/checkout/refspecs.hpp"

#include "tests/catch.hpp"

using crun::executor::builtin::Version;
using crun::executor::builtin::checkout::refspecs;
using crun::executor::builtin::checkout::refspecs_for_all_history;

namespace {

using Words = std::vector<std::string>;

const Version v4 = Version::parse("v4.2.2"), v6 = Version::parse("v6.1.0");
const std::string commit(40, 'a');

}  // namespace

TEST_CASE("refspecs: a ref at its commit goes where the original puts it", "[builtin]") {
  CHECK(
      refspecs("refs/heads/main", commit, v4) == Words{"+" + commit + ":refs/remotes/origin/main"});
  CHECK(
      refspecs("refs/pull/7/merge", commit, v4) ==
      Words{"+" + commit + ":refs/remotes/pull/7/merge"});
  CHECK(refspecs("refs/tags/v1", commit, v4) == Words{"+" + commit + ":refs/tags/v1"});
  CHECK(refspecs("refs/tags/v1", commit, v6) == Words{"+refs/tags/v1:refs/tags/v1"});
  CHECK(refspecs("", commit, v4) == Words{commit});
}

TEST_CASE("refspecs: a name alone may be a branch or a tag", "[builtin]") {
  CHECK(
      refspecs("dev", "", v4) ==
      Words{"+refs/heads/dev*:refs/remotes/origin/dev*", "+refs/tags/dev*:refs/tags/dev*"});
  CHECK(refspecs("refs/heads/main", "", v4) == Words{"+refs/heads/main:refs/remotes/origin/main"});
  CHECK(refspecs("refs/notes/x", "", v4) == Words{"+refs/notes/x:refs/notes/x"});
}

TEST_CASE("refspecs: all history has all branches and tags", "[builtin]") {
  const Words all = {"+refs/heads/*:refs/remotes/origin/*", "+refs/tags/*:refs/tags/*"};
  CHECK(refspecs_for_all_history("refs/heads/main", commit) == all);
  CHECK(
      refspecs_for_all_history("refs/pull/7/merge", commit).back() ==
      "+" + commit + ":refs/remotes/pull/7/merge");
}
