#include "runner/cli/commands.hpp"
#include "tests/catch.hpp"
#include "tests/runner/cli/called_program.hpp"

using crun::runner::Command;

TEST_CASE("command line: an option may be named alone, with its value or not at all", "[cli]") {
  const auto may_name = [](std::vector<std::string_view> words, std::string_view options) {
    return Command{{}, std::move(words)}.may_name(options);
  };
  CHECK(may_name({"crun", "run", "--secret", "A"}, "-s,--secret"));
  CHECK(may_name({"crun", "run", "--secret=A"}, "-s,--secret"));
  CHECK(may_name({"crun", "run", "-s", "A"}, "-s,--secret"));
  CHECK(may_name({"crun", "run", "-sA"}, "-s,--secret"));
  CHECK_FALSE(may_name({"crun", "run", "--secret-file", "A"}, "-s,--secret"));
  CHECK_FALSE(may_name({"crun", "run", "secret"}, "-s,--secret"));
  CHECK(may_name({}, "-s,--secret"));
}

TEST_CASE("command line: what no option is called is answered once, with the nearest", "[cli]") {
  const crun::tests::CalledProgram crun("on: push\njobs: {}\n");
  const auto err = [&](std::vector<std::string> words) {
    words.insert(words.begin(), CRUN_PROGRAM);
    return crun.call(words).err;
  };
  CHECK(
      err({"run", "--secre", "A"}) ==
      "crun: The following argument was not expected: --secre\n  help: did you mean --secret?\n");
  CHECK(
      err({}) == "crun: A subcommand is required\n  help: crun COMMAND --help lists the options\n");
  CHECK(err({"run", "--help"}).empty());
  CHECK_THAT(
      crun.call({CRUN_PROGRAM, "run", "--help"}).out,
      Catch::Matchers::ContainsSubstring("--max-parallel"));
}
