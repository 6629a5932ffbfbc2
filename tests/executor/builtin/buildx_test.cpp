#include "executor/builtin/docker/buildx.hpp"

#include "tests/catch.hpp"

using namespace crun::executor::builtin;

namespace {

constexpr std::string_view container_builder =
    "Name:          builder-x\n"
    "Driver:        docker-container\n"
    "\n"
    "Nodes:\n"
    "Name:                  builder-x0\n"
    "Endpoint:              unix:///var/run/docker.sock\n"
    "Driver Options:        network=\"host\" image=\"moby/buildkit:v0.16.0\"\n"
    "BuildKit daemon flags: --debug\n"
    "BuildKit version:      v0.16.0\n"
    "Platforms:             linux/amd64*, linux/arm64*, linux/386\n"
    "Labels:\n"
    " org.mobyproject.buildkit.worker.hostname:         abc\n"
    "GC Policy rule#0:\n"
    " All:           true\n"
    " Filters:       type==source.local,type==exec.cachemount\n"
    " Keep Bytes:    488.3MiB\n";

}  // namespace

TEST_CASE("buildx: a builder is read from what inspect prints", "[builtin]") {
  const Builder builder = parse_builder(container_builder);
  CHECK(builder.name == "builder-x");
  CHECK(builder.driver == "docker-container");
  REQUIRE(builder.nodes.size() == 1);
  const BuilderNode& node = builder.nodes.front();
  CHECK(node.name == "builder-x0");
  CHECK(
      node.driver_options ==
      std::vector<std::string>{"network=host", "image=moby/buildkit:v0.16.0"});
  CHECK(node.buildkitd_flags == "--debug");
  // Starred platforms are the user's choice: only they count.
  CHECK(node.platforms == "linux/amd64,linux/arm64");
  REQUIRE(node.labels.size() == 1);
  CHECK(node.labels[0].second == "abc");
  REQUIRE(node.garbage_rules.size() == 1);
  CHECK(node.garbage_rules[0].all);
  CHECK(node.garbage_rules[0].filter.size() == 2);
  CHECK(node.garbage_rules[0].keep_bytes == "488.3MiB");
}

TEST_CASE("buildx: the docker driver's BuildKit counts only as -moby", "[builtin]") {
  Builder builder = parse_builder(container_builder);
  CHECK(buildkit_at_least(builder, 0, 11));
  CHECK_FALSE(buildkit_at_least(builder, 0, 17));
  builder.driver = "docker";
  CHECK_FALSE(buildkit_at_least(builder, 0, 11));
  builder.nodes[0].buildkit_version = "v0.13.2-moby";
  CHECK(buildkit_at_least(builder, 0, 11));
  builder.nodes[0].buildkit_version = "v0.0.0+unknown";
  CHECK_FALSE(buildkit_at_least(builder, 0, 11));
}

TEST_CASE("buildx: versions of releases, of distributions and of commits", "[builtin]") {
  const auto version = [](const char* text) { return BuildxVersion::parse(text); };
  CHECK(version("github.com/docker/buildx v0.17.1 deadbee").at_least(0, 17));
  CHECK_FALSE(version("github.com/docker/buildx 0.13.1+ds1 0.13.1+ds1-3").at_least(0, 15));
  CHECK(version("github.com/docker/buildx 0.13.1+ds1 0.13.1+ds1-3").at_least(0, 13));
  CHECK(version("github.com/docker/buildx deadbeef0 x").at_least(99, 0));
  CHECK_FALSE(version("").at_least(0, 1));
}
