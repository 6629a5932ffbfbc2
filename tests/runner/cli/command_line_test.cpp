#include <unistd.h>

#include <fmt/format.h>

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

TEST_CASE("command line: others of the same user do not see crun's environment", "[cli]") {
  const crun::tests::CalledProgram crun("on: push\njobs: {}\n");
  const auto folder = crun.repository.beside("seen").lexically_normal();
  std::filesystem::create_directory(folder);
  const auto program = (folder / "program").string();
  std::filesystem::copy_file(CRUN_PROGRAM, program);
  // Standard input stays open: the program is there until it is killed. Its first instructions may
  // still be to come.
  const auto script = fmt::format(
      "cd {0} && mkfifo in && exec 3<>in && {1} eval 1 --context - <&3 & pid=$!\n"
      "for i in $(seq 100); do cat /proc/$pid/environ >/dev/null 2>&1 || break; sleep 0.05; done\n"
      "kill -0 $pid && tr '\\0' '\\n' 2>/dev/null </proc/$pid/environ | grep ^KEY=; kill -9 $pid",
      folder.string(),
      program);
  std::vector<std::string> words = {"sh", "-c", script};
  if (::geteuid() == 0) {  // root would see everything
    crun::tests::shell(crun.repository.beside("."), "chmod 755 . && chown 12345 seen seen/program");
    const auto other = {"setpriv", "--reuid=12345", "--regid=12345", "--clear-groups"};
    words.insert(words.begin(), other.begin(), other.end());
  }
  const auto called = crun.call(words, {{"KEY", "of-a-lock"}});
  INFO(called.err);
  CHECK(called.out.empty());
  CHECK(called.err.find("No such process") == std::string::npos);
}

TEST_CASE("command line: no name in a workflow speaks to the terminal", "[cli]") {
  const crun::tests::CalledProgram crun(R"(name: "one \e]0;X\x07"
on: push
jobs:
  a:
    name: "two \e]0;X\x07"
    runs-on: ubuntu-latest
    strategy: {matrix: {m: ["three \e]0;X\x07"]}}
    steps: [{name: "four \e]0;X\x07", run: "true"}]
)");
  crun.repository.write(".github/workflows/\x1b]0;X\x07.yaml", "on: push\njobs: {\"a\x07\": }\n");
  for (const char* command : {"list", "plan", "explain", "run"}) {
    std::vector<std::string> words = {CRUN_PROGRAM, command};
    if (words.back() != "list") words.push_back("w.yaml");
    const auto called = crun.call(words);
    INFO(command << called.err);
    CHECK(called.code == 0);
    CHECK((called.out + called.err).find_first_of("\x1b\x07") == std::string::npos);
  }
  const auto called = crun.call({CRUN_PROGRAM, "plan", ".github/workflows/\x1b]0;X\x07.yaml"});
  CHECK(called.code == 2);
  CHECK((called.out + called.err).find_first_of("\x1b\x07") == std::string::npos);
}
