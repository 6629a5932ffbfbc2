// Jobs in containers of podman, with a storage of the test's own: the engine of the machine does
// not see them. Skipped where podman is not, or cannot run a container.
#include <chrono>
#include <cstdlib>
#include <fstream>

#include <unistd.h>

#include "tests/catch.hpp"
#include "tests/runner/cli/called_program.hpp"

using crun::tests::CalledProgram;
using crun::tests::ScratchFolder;
using crun::tests::shell;

namespace {

class PodmanWorld {
 public:
  PodmanWorld() {
    const auto place = folder_.path().string();
    // Limits that nobody may be forbidden to set; the usual ones are podman's own wishes.
    std::ofstream(folder_.path() / "containers.conf")
        << "[containers]\ndefault_ulimits = [\"nofile=1024:1024\", \"nproc=1024:1024\"]\n";
    std::ofstream(folder_.path() / "storage.conf")
        << "[storage]\ndriver = \"vfs\"\ngraphroot = \"" << place << "/graph\"\nrunroot = \""
        << place << "/run\"\n";
    if (::geteuid() != 0) {
      missing_ = "as another user than root podman has more needs than a test can know";
    } else if (podman("--version").code != 0) {
      missing_ = "there is no podman";
    } else {
      import_busybox();
    }
  }
  ~PodmanWorld() {
    if (missing_.empty()) podman("rmi --all --force");
  }
  PodmanWorld(const PodmanWorld&) = delete;
  PodmanWorld& operator=(const PodmanWorld&) = delete;

  const std::string& missing() const { return missing_; }
  crun::executor::Environment environment() const {
    return {
        {"PATH", std::getenv("PATH")},
        {"CONTAINERS_CONF", (folder_.path() / "containers.conf").string()},
        {"CONTAINERS_STORAGE_CONF", (folder_.path() / "storage.conf").string()}};
  }
  crun::tests::ShellResult podman(const std::string& arguments) const {
    const auto place = folder_.path().string();
    return shell(
        folder_.path(),
        "CONTAINERS_CONF=" + place + "/containers.conf CONTAINERS_STORAGE_CONF=" + place +
            "/storage.conf podman " + arguments + " 2>&1");
  }
  /// Containers, networks and volumes that a run made; networks are in no storage, but everybody's.
  std::string left_of(const std::string& run) const {
    return podman("ps --all --quiet").out +
           podman("network ls --quiet --filter label=crun.run=" + run).out +
           podman("volume ls --quiet").out;
  }

 private:
  void import_busybox() {
    const auto made = shell(
        folder_.path(),
        "mkdir -p root/bin root/tmp\n"
        "cp \"$(command -v busybox)\" root/bin/busybox\n"
        "for name in sh sleep cat echo test; do ln -s busybox root/bin/$name; done\n"
        "tar -C root -cf root.tar . 2>&1");
    const auto imported = podman("import --change 'ENV PATH=/bin' root.tar crun-test:1");
    if (made.code != 0 || imported.code != 0) {
      missing_ = "there is no static busybox for an image: " + made.out + imported.out;
      return;
    }
    const auto run = podman("run --rm --init --pull=never crun-test:1 /bin/sh -c true");
    if (run.code != 0) missing_ = "podman cannot run a container here: " + run.out;
  }

  ScratchFolder folder_;
  std::string missing_;
};

}  // namespace

TEST_CASE("podman runs a job's container and service in docker's place", "[containers]") {
  const PodmanWorld world;
  if (!world.missing().empty()) {
    WARN("skipped: " << world.missing());
    return;
  }
  const CalledProgram crun(R"(on: push
jobs:
  first:
    runs-on: ubuntu-latest
    container: {image: "crun-test:1", env: {GREETING: hello there}}
    outputs: {answer: "${{ steps.one.outputs.answer }}"}
    services:
      idle:
        image: crun-test:1
        command: sh -c "trap '' TERM; sleep 1; echo up > /tmp/up; sleep 300"
        options: --health-cmd "test -e /tmp/up" --health-interval 1s --health-retries 9
    steps:
      - id: one
        shell: sh
        run: |
          echo "$GREETING in $PWD"
          echo "answer=42" >> "$GITHUB_OUTPUT"
  second:
    needs: first
    runs-on: ubuntu-latest
    steps:
      - uses: docker://crun-test:1
        with: {args: "echo the answer is ${{ needs.first.outputs.answer }}"}
)");
  const auto begin = std::chrono::steady_clock::now();
  const auto called = crun.run({"--engine", "podman"}, world.environment());
  const auto took = std::chrono::steady_clock::now() - begin;
  INFO(called.out << called.err);
  CHECK(called.code == 0);
  CHECK(called.said("hello there in /__w/repository/repository"));
  CHECK(called.said("the answer is 42"));
  // A service that ignores TERM is not waited for.
  CHECK(took < std::chrono::seconds(10));
  CHECK(world.left_of(called.events.at(0)["run"]) == "");
  CHECK(crun.leftovers() == "");
}

TEST_CASE("podman: a cancelled run leaves no container, network or volume", "[containers]") {
  const PodmanWorld world;
  if (!world.missing().empty()) {
    WARN("skipped: " << world.missing());
    return;
  }
  const CalledProgram crun(R"(on: push
jobs:
  only:
    runs-on: ubuntu-latest
    container: crun-test:1
    services: {idle: {image: "crun-test:1", command: sleep 300}}
    steps: [{shell: sh, run: sleep 300}]
)");
  for (const char* after : {"0.3", "3"}) {
    const auto called = crun.call(
        {"timeout",
         "--preserve-status",
         "-s",
         "INT",
         after,
         CRUN_PROGRAM,
         "run",
         "--json",
         "--engine",
         "podman"},
        world.environment());
    INFO(called.out << called.err);
    CHECK(called.code == 130);
    const auto started = nlohmann::json::parse(called.out.substr(0, called.out.find('\n')));
    CHECK(world.left_of(started["run"]) == "");
    CHECK(crun.leftovers() == "");
  }
}
