// Workspaces that are laid over a stored tree: seen by whoever works in them, gone with the run.
#include <csignal>

#include "tests/catch.hpp"
#include "tests/executor/mounts.hpp"
#include "tests/runner/engine/container_world.hpp"
#include "tests/runner/engine/engine_proxy.hpp"

using crun::tests::CalledProgram;
using crun::tests::can_lay_over;
using crun::tests::ContainerWorld;
using crun::tests::EngineProxy;
using crun::tests::shell;
namespace fs = std::filesystem;

namespace {

constexpr const char* checkout = "      - uses: actions/checkout@v4\n";
/// Of the process's own view: what is the current folder?
constexpr const char* tell_mount =
    "grep -q \" $PWD .* overlay \" /proc/self/mountinfo && echo laid || echo copied";

std::string step(const std::string& script) {
  return "      - shell: sh\n        run: |\n          " + script + "\n";
}

std::string workflow(const std::string& head, const std::string& steps) {
  return "on: push\njobs:\n  only:\n    runs-on: ubuntu-latest\n" + head + "    steps:\n" + steps;
}

std::string trees_of(const CalledProgram& crun) {
  return shell(crun.repository.beside("cache"), "ls -A crun/trees 2>/dev/null | wc -l").out;
}

bool skipped() {
  if (can_lay_over()) return false;
  WARN("skipped: nothing can be mounted here");
  return true;
}

}  // namespace

TEST_CASE("workspace: laid over a tree that is checked out once", "[workspace]") {
  if (skipped()) return;
  const CalledProgram crun(workflow(
      "",
      step("pwd > /dev/null; ls -A") + checkout +
          step(
              std::string(tell_mount) +
              "; ls -A; git status --porcelain; git log --format=%s; "
              "echo mine > README.md; mv folder other; ls -A $GITHUB_WORKSPACE") +
          step("cat README.md other/file")));
  crun.repository.write("folder/file", "content\n");
  crun.repository.commit("more");
  for (const std::string option : {"--json", "--no-act", "--json"}) {
    const auto called = crun.run({option});
    INFO(called.out << called.err);
    CHECK(called.code == 0);
    CHECK(called.lines().at(0) != "laid");
    CHECK(called.said("laid"));
    CHECK(called.said("more"));
    CHECK(called.said("mine"));
    CHECK(called.said("content"));
    CHECK_FALSE(called.said("upper"));
    CHECK(crun.leftovers() == "");
    CHECK(crun.repository.git("status --porcelain") == "");
  }
  CHECK(trees_of(crun) == "2");
  CHECK(
      crun.call({CRUN_PROGRAM, "cleanup"}).out ==
      "0 killed runs cleaned up\n2 kept checkouts removed\n");
  CHECK(trees_of(crun) == "0");
}

TEST_CASE("workspace: what is changed, new or gone in the tree comes along", "[workspace]") {
  if (skipped()) return;
  const CalledProgram crun(workflow(
      "",
      checkout + step(std::string(tell_mount) + "; git status --porcelain -uall; cat a/new a/1")));
  for (int i = 0; i < 20; ++i) crun.repository.write(fmt::format("a/{}", i), "as committed\n");
  crun.repository.commit("more");
  CHECK(crun.run({}).said("laid"));
  crun.repository.run("echo changed > a/1; rm a/2; echo untracked > a/new");
  const auto called = crun.run({});
  INFO(called.out << called.err);
  for (const char* line : {"laid", " M a/1", " D a/2", "?? a/new", "untracked", "changed"}) {
    CHECK(called.said(line));
  }
  CHECK(crun.leftovers() == "");
}

TEST_CASE("workspace: checked out again, elsewhere, and over what is there", "[workspace]") {
  if (skipped()) return;
  const CalledProgram crun(workflow(
      "",
      checkout + step("echo x > left; cat README.md") + checkout +
          step(std::string("test ! -e left; ") + tell_mount) +
          "      - uses: actions/checkout@v4\n        with: {path: sub, ref: v0}\n" +
          step("cat sub/README.md; mv sub moved; echo y > stays") +
          "      - uses: actions/checkout@v4\n        with: {clean: false, ref: v0}\n" +
          step("cat stays README.md; sleep 100 > /dev/null & echo $! > $RUNNER_TEMP/pid") +
          checkout +
          step("test ! -e stays; git status --porcelain; cat README.md; kill $(cat "
               "$RUNNER_TEMP/pid)")));
  crun.repository.run("git tag v0; echo second > README.md; git commit -qam second");
  const auto called = crun.run({});
  INFO(called.out << called.err);
  CHECK(called.code == 0);
  CHECK(called.said("laid"));
  CHECK(called.said("y"));
  CHECK(crun.leftovers() == "");
}

TEST_CASE("workspace: copied where a mount would not be seen, or not be wanted", "[workspace]") {
  if (skipped()) return;
  const CalledProgram crun(workflow("", checkout + step(tell_mount)));
  CHECK(crun.run({}).said("laid"));
  CHECK(crun.run({"--workspace", "copy"}).said("copied"));
  // An engine elsewhere, or not known where, finds the folder below the mount.
  CHECK(crun.run({}, {{"DOCKER_HOST", "tcp://127.0.0.1:1"}}).said("copied"));
  CHECK(crun.run({}, {{"DOCKER_CONTEXT", "elsewhere"}}).said("copied"));
  const EngineProxy other("/nowhere", crun.repository.beside("proxy"));
  CHECK(crun.run({}, {{"DOCKER_HOST", other.host()}}).said("copied"));

  const CalledProgram beside(workflow(
      "",
      "      - {run: sleep 0.1, background: true}\n" + std::string(checkout) + step(tell_mount)));
  CHECK(beside.run({}).said("copied"));
  CHECK(crun.leftovers() + beside.leftovers() == "");
}

TEST_CASE(
    "workspace: seen by containers of the engine, whenever they began", "[workspace][containers]") {
  if (skipped()) return;
  const ContainerWorld world;
  if (!world.missing().empty()) {
    WARN("skipped: " << world.missing());
    return;
  }
  const auto look = "cat README.md; cat folder/file; echo made > made";
  for (const std::string option : {"--json", "--no-act", "--json"}) {
    const CalledProgram in_container(workflow(
        "    container: " + world.image() + "\n",
        step("ls") + checkout + step(std::string("ls; ") + look + "; " + tell_mount) +
            step("cat made")));
    const CalledProgram on_machine(workflow(
        "",
        checkout +
            step("docker run --rm -v $PWD:/w -w /w " + world.image() + " sh -c '" + look + "'") +
            step("cat made") + "      - uses: docker://" + world.image() +
            "\n        with: {entrypoint: cat, args: made folder/file}\n"));
    for (const auto* crun : {&in_container, &on_machine}) {
      crun->repository.write("folder/file", "content\n");
      crun->repository.commit("more");
      for (int i = 0; i < 2; ++i) {
        const auto called = crun->run({option}, world.environment());
        INFO(called.out << called.err);
        CHECK(called.code == 0);
        CHECK(called.said("hello"));
        CHECK(called.said("content"));
        CHECK(called.said("made"));
        CHECK_FALSE(called.said("copied"));
        CHECK_FALSE(called.said("upper"));
        CHECK(crun->leftovers() == "");
      }
      CHECK(trees_of(*crun) == "1");
    }
  }
}

TEST_CASE("workspace: copied when a service binds it", "[workspace][containers]") {
  if (skipped()) return;
  const ContainerWorld world;
  if (!world.missing().empty()) return;
  const auto services =
      "    services:\n      web:\n        image: " + world.image() +
      "\n        command: sleep 300\n        volumes: ['${{ github.workspace }}:/w']\n";
  const CalledProgram crun(workflow(services, checkout + step(tell_mount)));
  const auto called = crun.run({}, world.environment());
  INFO(called.out << called.err);
  CHECK(called.said("copied"));
  CHECK(crun.leftovers() == "");
}

TEST_CASE("workspace: what a killed run left mounted the next one takes away", "[workspace]") {
  if (skipped()) return;
  const CalledProgram crun(workflow("", checkout + step("sleep 60")));
  const auto kill = [&] {
    crun.call({"timeout", "-s", "KILL", "3", CRUN_PROGRAM, "run"});
    CHECK_FALSE(crun::tests::mounts_below(crun.repository.beside("cache")).empty());
  };
  kill();
  CHECK(crun.call({CRUN_PROGRAM, "cleanup"}).code == 0);
  CHECK(crun.leftovers() == "");
  CHECK(trees_of(crun) == "0");
  kill();
  // Its tree is in use until its folder has gone, and whole afterwards.
  crun.call({"timeout", "-s", "INT", "2", CRUN_PROGRAM, "run"});
  CHECK(crun.leftovers() == "");
  CHECK(crun.repository.git("status --porcelain") == "");
  const auto stored = shell(crun.repository.beside("cache"), "cat crun/trees/*/files/README.md");
  CHECK(stored.out == "hello");
}
