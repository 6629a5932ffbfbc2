#include "executor/builtin/build_push/push_check.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <nlohmann/json.hpp>

#include "tests/catch.hpp"
#include "tests/http_stub.hpp"

using namespace crun::executor::builtin;
using Catch::Matchers::ContainsSubstring;
using crun::tests::HttpStub;
using crun::tests::StubAnswer;
using crun::tests::StubRequest;
using nlohmann::json;

namespace {

/// The digest of "{}".
const std::string held = "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";
const std::string other = "sha256:" + std::string(64, 'b');

StubAnswer tag_one_only(const StubRequest& request) {
  if (request.target == "/v2/" || request.target.ends_with("/manifests/one"))
    return {200, "{}", {}};
  return {404, "{}", {}};
}

/// A report file for as long as this lives.
struct Report {
  std::filesystem::path path = std::filesystem::temp_directory_path() / "push-check-report";
  Report() {
    std::filesystem::remove(path);
    ::setenv("CRUN_REPORT", path.c_str(), 1);
  }
  ~Report() {
    ::unsetenv("CRUN_REPORT");
    std::filesystem::remove(path);
  }
  std::vector<json> lines() const {
    std::vector<json> found;
    std::ifstream file(path);
    for (std::string line; std::getline(file, line);) found.push_back(json::parse(line));
    return found;
  }
};

std::vector<PushTarget> targets(const HttpStub& stub, std::initializer_list<const char*> tags) {
  std::vector<PushTarget> list;
  for (const char* tag : tags) list.push_back({stub.host() + "/team/app:" + tag, {}});
  return list;
}

BuiltImage image_with(const std::string& digest) {
  BuiltImage image;
  image.digest = digest;
  return image;
}

}  // namespace

TEST_CASE("push check: a tag that holds what was built is pushed and verified", "[builtin]") {
  const HttpStub stub(tag_one_only);
  const Report report;
  ActionRuntime runtime(Stage::main, {});
  const PushResult result = verify_push(runtime, targets(stub, {"one"}), image_with(held), false);
  CHECK(result.pushed == 1);
  CHECK(result.troubles.empty());
  const auto lines = report.lines();
  REQUIRE(lines.size() == 1);
  CHECK(lines[0]["state"] == "pushed");
  CHECK(lines[0]["verified"] == true);
  CHECK(lines[0]["digest"] == held);
  CHECK(lines[0]["ref"] == stub.host() + "/team/app:one");
}

TEST_CASE(
    "push check: a tag that holds another image is a mismatch with both digests", "[builtin]") {
  const HttpStub stub(tag_one_only);
  const Report report;
  ActionRuntime runtime(Stage::main, {});
  const PushResult result = verify_push(runtime, targets(stub, {"one"}), image_with(other), false);
  REQUIRE(result.troubles.size() == 1);
  CHECK_THAT(result.troubles[0], ContainsSubstring(held) && ContainsSubstring(other));
  CHECK(report.lines().at(0)["state"] == "mismatch");
  CHECK(report.lines().at(0)["verified"] == false);
}

TEST_CASE(
    "push check: of a failed push every tag is told, also an older image under one", "[builtin]") {
  const HttpStub stub(tag_one_only);
  const Report report;
  ActionRuntime runtime(Stage::main, {});
  verify_push(runtime, targets(stub, {"one", "two"}), image_with(other), true);
  const auto lines = report.lines();
  REQUIRE(lines.size() == 2);
  CHECK(lines[0]["state"] == "missing");
  CHECK(lines[0]["registry_digest"] == held);
  CHECK(lines[1]["state"] == "missing");
  CHECK(lines[1]["registry_digest"] == "");
}

TEST_CASE(
    "push check: a registry that does not let us look is believed, not called verified",
    "[builtin]") {
  const HttpStub stub([](const StubRequest&) { return StubAnswer{503, "", {}}; });
  const Report report;
  ActionRuntime runtime(Stage::main, {});
  const PushResult result = verify_push(runtime, targets(stub, {"one"}), image_with(held), false);
  CHECK(result.pushed == 1);
  CHECK(report.lines().at(0)["state"] == "pushed");
  CHECK(report.lines().at(0)["verified"] == false);
}

TEST_CASE(
    "push check: an engine with its old store knows only the configuration's digest", "[builtin]") {
  const std::string configuration = "sha256:" + std::string(64, 'c');
  const HttpStub stub([&](const StubRequest&) -> StubAnswer {
    return {200, json{{"config", {{"digest", configuration}, {"size", 1}}}}.dump(), {}};
  });
  const Report report;
  ActionRuntime runtime(Stage::main, {});
  BuiltImage image;
  image.image_id = configuration;
  CHECK(verify_push(runtime, targets(stub, {"one"}), image, false).troubles.empty());
  const json line = report.lines().at(0);
  CHECK(line["verified"] == true);
  CHECK(line["digest"] == line["registry_digest"]);
}

TEST_CASE(
    "push check: before the build each registry is asked once, and refusals name it", "[builtin]") {
  ::unsetenv("CRUN_CREDENTIALS");
  ActionRuntime runtime(Stage::main, {});
  const HttpStub open(tag_one_only);
  check_registries(runtime, targets(open, {"one", "two"}));
  CHECK(open.hits() == std::vector<std::string>{"GET /v2/"});

  const HttpStub closed([](const StubRequest&) -> StubAnswer {
    return {401, "", {{"WWW-Authenticate", "Basic realm=\"r\""}}};
  });
  CHECK_THROWS_WITH(
      check_registries(runtime, targets(closed, {"one"})),
      ContainsSubstring(closed.host()) && ContainsSubstring("401") &&
          ContainsSubstring("docker/login-action"));
}
