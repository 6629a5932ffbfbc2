#include "runner/engine/concurrency_groups.hpp"

#include "tests/catch.hpp"

using crun::runner::ConcurrencyGroups;
using crun::runner::GroupRequest;
using Answer = ConcurrencyGroups::Answer;

namespace {

const GroupRequest plain{"Deploy", false, false};

}  // namespace

TEST_CASE("concurrency groups: one holds, one waits, and the group is free again", "[engine]") {
  ConcurrencyGroups groups;
  CHECK(groups.ask("a", plain) == Answer::holds);
  CHECK(groups.ask("a", plain) == Answer::holds);
  CHECK(groups.ask("b", {"deploy", false, false}) == Answer::waits);
  CHECK(groups.ask("c", {"other", false, false}) == Answer::holds);
  groups.leave("a");
  CHECK(groups.ask("b", plain) == Answer::holds);
}

TEST_CASE("concurrency groups: who comes later takes the place of who waits", "[engine]") {
  ConcurrencyGroups groups;
  CHECK(groups.ask("a", plain) == Answer::holds);
  CHECK(groups.ask("b", plain) == Answer::waits);
  CHECK(groups.ask("c", plain) == Answer::ousts);
  CHECK(groups.ousted("b"));
  CHECK_FALSE(groups.ousted("a"));
  groups.leave("b");
  CHECK_FALSE(groups.ousted("b"));
  groups.leave("a");
  CHECK(groups.ask("c", plain) == Answer::holds);
}

TEST_CASE("concurrency groups: a queue is served in its order", "[engine]") {
  ConcurrencyGroups groups;
  const GroupRequest queue{"q", false, true};
  CHECK(groups.ask("a", queue) == Answer::holds);
  CHECK(groups.ask("b", queue) == Answer::waits);
  CHECK(groups.ask("c", queue) == Answer::waits);
  groups.leave("a");
  CHECK(groups.ask("c", queue) == Answer::waits);
  CHECK(groups.ask("b", queue) == Answer::holds);
}

TEST_CASE("concurrency groups: what is in progress can be cancelled by who comes", "[engine]") {
  ConcurrencyGroups groups;
  CHECK(groups.ask("a", plain) == Answer::holds);
  CHECK(groups.ask("b", {"deploy", true, false}) == Answer::ousts);
  CHECK(groups.ousted("a"));
  CHECK(groups.ask("b", {"deploy", true, false}) == Answer::waits);
  groups.leave("a");
  CHECK(groups.ask("b", {"deploy", true, false}) == Answer::holds);
}
