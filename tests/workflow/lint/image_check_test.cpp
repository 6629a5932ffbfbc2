// Images that go nowhere, caches that overwrite each other, logins that cannot work.
#include <string>

#include "tests/catch.hpp"
#include "tests/workflow/lint/project.hpp"

using namespace crun::workflow;
using Catch::Matchers::ContainsSubstring;

namespace {

std::string job(const std::string& steps, const std::string& more = "") {
  return "on: push\njobs:\n  a:\n    runs-on: x\n" + more + "    steps:\n" + steps;
}

std::string build(const std::string& with) {
  return "      - uses: docker/build-push-action@v6\n        with:\n          tags: a:b\n" + with;
}

}  // namespace

TEST_CASE("images: one that nothing pushes, loads or writes goes nowhere", "[lint]") {
  const auto found = only(Project().lint(job(build(""))), "never-pushed");
  CHECK(found.severity == Severity::warning);
  const auto with = GENERATE(
      "          push: true\n",
      "          load: true\n",
      "          push: ${{ github.ref == 'x' }}\n",
      "          outputs: type=registry\n",
      "      - run: docker push a:b\n");
  INFO(with);
  CHECK(Project().lint(job(build(with))).all().empty());
}

TEST_CASE("images: legs that share the cache of GitHub overwrite it", "[lint]") {
  const std::string matrix = "    strategy:\n      matrix:\n        service: [a, b]\n";
  const auto cached = build("          push: true\n          cache-to: type=gha,mode=max\n");
  const auto found = only(Project().lint(job(cached, matrix)), "cache-scope");
  CHECK(found.span.begin == Position{13, 21});
  CHECK_THAT(found.help, ContainsSubstring("type=gha,mode=max,scope=${{ matrix.service }}"));
  CHECK(Project().lint(job(cached)).all().empty());
  const auto scoped =
      build("          push: true\n          cache-to: type=gha,scope=${{ matrix.service }}\n");
  CHECK(Project().lint(job(scoped, matrix)).all().empty());
}

TEST_CASE("images: a password is no argument, and a step has no terminal", "[lint]") {
  const auto run = [](const std::string& command) {
    return Project().lint(job("      - run: |\n          " + command + "\n"));
  };
  CHECK(
      only(run("docker login -u me -p \"$PASSWORD\" ghcr.io"), "password-argument").span.begin ==
      Position{7, 11});
  only(run("docker login --username=me \\\n            --password=$PASSWORD"), "password-argument");
  only(run("docker login ghcr.io"), "interactive-login");
  CHECK(run("echo $P | docker login -u me --password-stdin").all().empty());
  CHECK(run("echo 'docker login -p'").all().empty());
}

TEST_CASE("images: a push beside the tests is told, one behind or before them is not", "[lint]") {
  const auto pipeline = [](const std::string& needs) {
    return "on: push\njobs:\n  test:\n    runs-on: x\n    steps:\n      - run: make test\n  "
           "push:\n" +
           needs + "    runs-on: x\n    steps:\n      - run: docker push a:b\n";
  };
  const auto found = only(Project().lint(pipeline("")), "ungated-push");
  CHECK(found.span.begin == Position{10, 14});
  CHECK(found.help == "needs: test");
  CHECK(Project().lint(pipeline("    needs: test\n")).all().empty());
}
