// A disk that is full before a job, or becomes so in one of its steps: the job fails and says why,
// what comes at its end comes, and nothing is left. Skipped where nobody may mount.
#include "tests/catch.hpp"
#include "tests/runner/engine/container_world.hpp"

using crun::tests::Called;
using crun::tests::CalledProgram;
using crun::tests::ContainerWorld;
using crun::tests::shell;

namespace {

/// A small disk in the place of a folder.
class SmallDisk {
 public:
  SmallDisk(std::filesystem::path place, const std::string& options) : place_(std::move(place)) {
    const auto mounted = shell(
        place_.parent_path(), "mount -t tmpfs -o " + options + " tmpfs '" + place_.string() + "'");
    mounted_ = mounted.code == 0;
  }
  ~SmallDisk() {
    if (mounted_) shell("/", "umount --lazy '" + place_.string() + "'");
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;

  bool mounted() const { return mounted_; }

 private:
  std::filesystem::path place_;
  bool mounted_ = false;
};

std::string filling_job(const std::string& head) {
  return "on: push\njobs:\n  only:\n    runs-on: ubuntu-latest\n" + head +
         R"(    defaults: {run: {shell: sh}}
    steps:
      - uses: actions/checkout@v4
      - run: cat /dev/zero >big || true
      - run: cat /dev/zero >more
      - run: echo not this one
      - if: always()
        run: echo this one all the same
)";
}

bool any_line_has(const Called& called, const std::string& text) {
  const auto lines = called.lines();
  return std::any_of(lines.begin(), lines.end(), [&](const std::string& line) {
    return line.find(text) != std::string::npos;
  });
}

void check_filling_job(const std::string& head, const crun::executor::Environment& environment) {
  const CalledProgram crun(filling_job(head));
  const SmallDisk disk(crun.repository.beside("cache"), "size=4m");
  if (!disk.mounted()) {
    WARN("skipped: a disk cannot be mounted here");
    return;
  }
  const auto called = crun.run({"--pull", "never"}, environment);
  INFO(called.out << called.err);
  CHECK(called.code == 1);
  CHECK(called.conclusion("only") == "failure");
  CHECK(any_line_has(called, "No space left on device"));
  CHECK(any_line_has(called, "the disk is full"));
  CHECK_FALSE(called.said("not this one"));
  CHECK(called.said("this one all the same"));
  CHECK(crun.leftovers() == "");
}

}  // namespace

TEST_CASE("a step that fills the disk fails its job, and what is always run runs", "[run]") {
  check_filling_job("", {});
}

TEST_CASE("a step in a container that fills the disk fails its job", "[containers]") {
  const ContainerWorld world;
  if (!world.missing().empty()) {
    WARN("skipped: " << world.missing());
    return;
  }
  check_filling_job("    container: " + world.image() + "\n", world.environment());
}

TEST_CASE("a disk that is full before the first step is told with a cure", "[run]") {
  // With so many files a job gets here: its folders, the workspace, what a step is told in.
  for (const char* files : {"6", "10", "16", "20"}) {
    const CalledProgram crun(filling_job(""));
    const SmallDisk disk(
        crun.repository.beside("cache"), std::string("size=4m,nr_inodes=") + files);
    if (!disk.mounted()) {
      WARN("skipped: a disk cannot be mounted here");
      return;
    }
    const auto called = crun.run({});
    INFO(files << " files\n" << called.out << called.err);
    CHECK(called.code == 1);
    CHECK(called.conclusion("only") == "failure");
    CHECK(called.out.find("No space left on device") != std::string::npos);
    CHECK(called.out.find("the disk is full: make room there") != std::string::npos);
    CHECK(crun.leftovers() == "");
  }
}

TEST_CASE("a run that has no room for its own files ends with code 3 and leaves nothing", "[run]") {
  for (const char* place : {"runtime", "cache"}) {
    const CalledProgram crun(filling_job(""));
    const SmallDisk disk(crun.repository.beside(place), "size=16k,nr_inodes=4");
    if (!disk.mounted()) {
      WARN("skipped: a disk cannot be mounted here");
      return;
    }
    const auto called = crun.run({});
    INFO(place << "\n" << called.out << called.err);
    CHECK(called.code == 3);
    CHECK(called.err.find("No space left on device") != std::string::npos);
    CHECK(called.events.back()["event"] == "run.finished");
    CHECK(crun.leftovers() == "");
  }
}
