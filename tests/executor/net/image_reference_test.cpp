#include "executor/net/registry.hpp"
#include "tests/catch.hpp"

using crun::executor::ImageReference;

namespace {

std::string full(const char* text) {
  const auto reference = ImageReference::parse(text);
  return reference ? reference->text() : "refused";
}

}  // namespace

TEST_CASE("image reference: what is left out is what docker puts there", "[net]") {
  CHECK(full("busybox") == "docker.io/library/busybox:latest");
  CHECK(full("sidpalas/x:1") == "docker.io/sidpalas/x:1");
  CHECK(full("index.docker.io/a/b") == "docker.io/a/b:latest");
  CHECK(full("127.0.0.1:5002/a:1") == "127.0.0.1:5002/a:1");
  CHECK(full("localhost/a/b/c:x_Y.1") == "localhost/a/b/c:x_Y.1");
  CHECK(full("a/b__c.d---e:1") == "docker.io/a/b__c.d---e:1");
}

TEST_CASE("image reference: a digest takes the place of the tag", "[net]") {
  const std::string digest = "sha256:" + std::string(64, 'a');
  CHECK(full(("ghcr.io/o/r:v1@" + digest).c_str()) == "ghcr.io/o/r@" + digest);
  CHECK(full("ghcr.io/o/r@sha256:abc") == "refused");
}

TEST_CASE("image reference: names docker refuses are refused", "[net]") {
  CHECK(full("") == "refused");
  CHECK(full("ghcr.io/Octo/app:1") == "refused");
  CHECK(full("a/b:services/go@1") == "refused");
  CHECK(full("a/b:-x") == "refused");
  CHECK(full("a//b") == "refused");
  CHECK(full("a/b:") == "refused");
  CHECK(full("a/_b") == "refused");
  CHECK(full((std::string("a/b:") + std::string(129, 'x')).c_str()) == "refused");
}

TEST_CASE(
    "image reference: capitals before the first slash make it a host, as for docker", "[net]") {
  CHECK(full("Octo/app") == "Octo/app:latest");
}

TEST_CASE("image reference: people see what docker shows", "[net]") {
  CHECK(ImageReference::parse("busybox:1")->familiar_text() == "busybox:1");
  CHECK(ImageReference::parse("docker.io/a/b:1")->familiar_text() == "a/b:1");
  CHECK(ImageReference::parse("ghcr.io/a/b:1")->familiar_text() == "ghcr.io/a/b:1");
}
