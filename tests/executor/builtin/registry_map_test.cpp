#include "executor/builtin/docker/registry_map.hpp"

#include "tests/catch.hpp"

using crun::executor::builtin::RegistryMap;

TEST_CASE(
    "registry map: names of Docker Hub in all their spellings go to the other registry",
    "[builtin]") {
  const RegistryMap map = RegistryMap::parse("docker.io=127.0.0.1:5002");
  CHECK(map.image("sidpalas/x:1") == "127.0.0.1:5002/sidpalas/x:1");
  CHECK(map.image("docker.io/sidpalas/x:1") == "127.0.0.1:5002/sidpalas/x:1");
  CHECK(map.image("busybox") == "127.0.0.1:5002/library/busybox:latest");
  CHECK(map.registry("") == "127.0.0.1:5002");
  CHECK(map.registry("https://index.docker.io/v1/") == "127.0.0.1:5002");
}

TEST_CASE("registry map: other registries are left alone", "[builtin]") {
  const RegistryMap map = RegistryMap::parse("docker.io=127.0.0.1:5002,ghcr.io=localhost:5001,bad");
  CHECK_FALSE(map.image("quay.io/a/b:1"));
  CHECK(map.image("ghcr.io/o/r:v1") == "localhost:5001/o/r:v1");
  CHECK_FALSE(map.image("Not/A:Name:"));
  CHECK(RegistryMap::parse("").empty());
}
