// Jobs in containers of podman, with a storage of the test's own: the engine of the machine does
// not see them. Skipped where podman is not, or cannot run a container.
#include <cstdlib>
#include <fstream>

#include <unistd.h>

#include <fmt/format.h>

#include "tests/catch.hpp"
#include "tests/executor/mounts.hpp"
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

/// Seconds of a day, of the event of this kind and job.
double time_of(const crun::tests::Called& called, const std::string& kind, const std::string& job) {
  for (const auto& event : called.events) {
    if (event["event"] != kind || event["job"] != job) continue;
    const std::string time = event["time"];  // 2026-01-02T03:04:05.678Z
    return std::stod(time.substr(11, 2)) * 3600 + std::stod(time.substr(14, 2)) * 60 +
           std::stod(time.substr(17, 6));
  }
  return 0;
}

/// From the end of the first job's step to that of the job, also over midnight.
double time_to_remove(const crun::tests::Called& called) {
  const auto took =
      time_of(called, "job.finished", "first") - time_of(called, "step.finished", "first");
  return took < 0 ? took + 24 * 3600 : took;
}

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
  const auto called = crun.run({"--engine", "podman"}, world.environment());
  INFO(called.out << called.err);
  CHECK(called.code == 0);
  CHECK(called.said("hello there in /__w/repository/repository"));
  CHECK(called.said("the answer is 42"));
  CHECK(time_to_remove(called) < 10);  // a service that ignores TERM is not waited for
  CHECK(world.left_of(called.events.at(0)["run"]) == "");
  CHECK(crun.leftovers() == "");
}

TEST_CASE("podman: a container sees a workspace that is mounted later", "[containers][workspace]") {
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
    steps:
      - {shell: sh, run: "echo before *"}
      - uses: actions/checkout@v4
      - {shell: sh, run: "cat README.md; echo made > made"}
      - uses: docker://crun-test:1
        with: {args: cat made README.md}
)");
  for (int i = 0; i < 2; ++i) {
    const auto called = crun.run({"--engine", "podman"}, world.environment());
    INFO(called.out << called.err);
    CHECK(called.code == 0);
    CHECK(called.said("before *"));
    CHECK(called.said("hello"));
    CHECK(called.said("made"));
    CHECK(crun.leftovers() == "");
  }
  const auto stored = shell(crun.repository.beside("cache"), "ls -d crun/trees/*/files | wc -l");
  CHECK(stored.out == (crun::tests::can_lay_over() ? "1" : "0"));
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
    CHECK(crun.leftovers() == "");
    if (called.out.empty()) continue;  // not even that it began
    const auto started = nlohmann::json::parse(called.out.substr(0, called.out.find('\n')));
    CHECK(world.left_of(started["run"]) == "");
  }
}

TEST_CASE("built-in Docker actions and Docker actions build with podman", "[containers]") {
  const PodmanWorld world;
  if (!world.missing().empty()) {
    WARN("skipped: " << world.missing());
    return;
  }
  const CalledProgram crun(R"yaml(on: push
jobs:
  builds:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - {id: buildx, uses: docker/setup-buildx-action@v3}
      - id: build
        uses: docker/build-push-action@v6
        with:
          context: .
          builder: ${{ steps.buildx.outputs.name }}
          tags: "localhost/built:1"
          build-args: WORD=spoken
          cache-from: type=gha
      - env: {BUILT: "${{ steps.build.outputs.imageid }}"}
        run: |
          podman image inspect --format "{{ .Labels.word }}" localhost/built:1
          echo "id ${BUILT#sha256:} is" $(podman image inspect --format "{{ .Id }}" localhost/built:1)
      - uses: ./action
  cannot:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - uses: docker/build-push-action@v6
        with: {context: ., sbom: true, platforms: "linux/amd64,linux/arm64"}
)yaml");
  crun.repository.write(
      "Dockerfile", "FROM scratch\nARG WORD\nLABEL word=$WORD\nCOPY Dockerfile /\n");
  crun.repository.write(
      "action/Dockerfile", "FROM crun-test:1\nENTRYPOINT [\"echo\", \"in-an-action\"]\n");
  crun.repository.write("action/action.yml", "name: a\nruns: {using: docker, image: Dockerfile}\n");
  crun.repository.commit("images");
  const auto called = crun.run({"--engine", "podman"}, world.environment());
  INFO(called.out << called.err);
  CHECK(called.conclusion("builds") == "success");
  CHECK(called.said("spoken"));
  std::string id;
  for (const auto& line : called.lines()) {
    if (line.starts_with("id ")) id = line;
  }
  REQUIRE(id.size() == 3 + 64 + 4 + 64);
  CHECK(id.substr(3, 64) == id.substr(3 + 64 + 4));
  CHECK(called.said("in-an-action"));
  CHECK(called.conclusion("cannot") == "failure");
  CHECK(called.said(
      "podman cannot build this: it has no BuildKit, which the inputs platforms (several), sbom "
      "need. Leave them out, or run with --engine docker"));
  CHECK(world.left_of(called.events.at(0)["run"]) == "");
  CHECK(crun.leftovers() == "");
}

TEST_CASE("built-in Docker actions log in and push with podman", "[containers]") {
  const PodmanWorld world;
  const char* registry = std::getenv("CRUN_REGISTRY_PROTECTED");
  if (!world.missing().empty() || registry == nullptr) {
    WARN("skipped: " << (registry ? world.missing() : "CRUN_REGISTRY_PROTECTED names no registry"));
    return;
  }
  const CalledProgram crun(R"(on: push
env: {IMAGE: "${{ vars.REGISTRY }}/podman-test/app"}
jobs:
  only:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - uses: docker/login-action@v3
        with: {registry: "${{ vars.REGISTRY }}", username: "${{ vars.USER }}", password: "${{ secrets.PW }}"}
      - id: build
        uses: docker/build-push-action@v6
        with: {context: ., push: true, tags: "${{ env.IMAGE }}:one,${{ env.IMAGE }}:two"}
      - run: |
          podman tag "$IMAGE:one" "$IMAGE:three"
          podman push --quiet "$IMAGE:three" && echo pushed-by-hand
          cat "$REGISTRY_AUTH_FILE"
)");
  crun.repository.write("Dockerfile", "FROM scratch\nCOPY Dockerfile /\n");
  crun.repository.commit("image");
  const auto registries = crun.repository.beside("registries.conf");
  std::ofstream(registries) << "[[registry]]\nlocation = \"" << registry << "\"\ninsecure = true\n";
  auto environment = world.environment();
  environment.set("CONTAINERS_REGISTRIES_CONF", registries.string());
  environment.set("PW", std::getenv("CRUN_REGISTRY_PASSWORD"));
  const auto called = crun.run(
      {"--engine",
       "podman",
       "-s",
       "PW",
       "--var",
       std::string("REGISTRY=") + registry,
       "--var",
       std::string("USER=") + std::getenv("CRUN_REGISTRY_USER")},
      environment);
  INFO(called.out << called.err);
  CHECK(called.code == 0);
  CHECK(called.said("pushed-by-hand"));
  CHECK(called.said(fmt::format("{{\"credHelpers\":{{\"{}\":\"crun\"}}}}", registry)));
  int verified = 0;
  for (const auto& event : called.events) {
    if (event["event"] == "image.pushed" && event["verified"] == true) ++verified;
  }
  CHECK(verified == 2);
  CHECK(crun.leftovers() == "");
}
