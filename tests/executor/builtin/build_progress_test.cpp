#include "executor/builtin/build_push/build_progress.hpp"

#include "tests/catch.hpp"

using crun::executor::builtin::BuildProgress;

namespace {

BuildProgress read(std::initializer_list<const char*> lines) {
  BuildProgress progress;
  for (const char* line : lines) progress.line(line);
  return progress;
}

const std::string a(64, 'a'), b(64, 'b');

}  // namespace

TEST_CASE("build progress: counts the Dockerfile's steps and those from the cache", "[builtin]") {
  const BuildProgress progress = read(
      {"#1 [internal] load build definition from Dockerfile",
       "#1 DONE 0.0s",
       "#4 [builder 1/2] FROM docker.io/library/golang",
       "#4 CACHED",
       "#5 [builder 2/2] RUN go build",
       "#5 0.120 CACHED",
       "#5 DONE 1.0s",
       "#6 [linux/arm64 stage-1 1/1] COPY --from=builder /a /a",
       "#6 CACHED",
       "#7 exporting to image"});
  CHECK(progress.total_steps() == 3);
  CHECK(progress.cached_steps() == 2);
  CHECK(progress.failed_step().empty());
}

TEST_CASE("build progress: the digest of an index wins over that of its image", "[builtin]") {
  BuildProgress progress;
  progress.line("#5 exporting manifest sha256:" + a + " 0.0s done");
  CHECK(progress.exported_digest() == "sha256:" + a);
  progress.line("#5 exporting manifest list sha256:" + b + " done\r");
  progress.line("#5 exporting manifest sha256:" + a);
  CHECK(progress.exported_digest() == "sha256:" + b);
}

TEST_CASE("build progress: what a step prints is no fact", "[builtin]") {
  BuildProgress progress;
  progress.line("#5 0.431 exporting manifest sha256:" + a);
  progress.line("exporting manifest sha256:" + a);
  progress.line("#5 exporting manifest sha256:short");
  CHECK(progress.exported_digest().empty());
}

TEST_CASE("build progress: names the step that failed", "[builtin]") {
  const BuildProgress progress = read(
      {"#5 [2/3] RUN false",
       "#5 ERROR: process \"false\" did not complete successfully: exit code: 1"});
  CHECK(progress.failed_step() == "[2/3] RUN false");
}
