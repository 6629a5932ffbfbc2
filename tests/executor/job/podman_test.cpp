#include "executor/job/podman.hpp"

#include <fstream>
#include <sstream>

#include "executor/net/credentials.hpp"
#include "tests/catch.hpp"
#include "tests/scratch_repository.hpp"

using crun::executor::EngineClient;
using crun::executor::Environment;
using crun::executor::find_credentials;
using crun::executor::run_options_for;
using crun::tests::ScratchFolder;

TEST_CASE(
    "podman: it is told who knows the credentials of a registry, not what they are", "[job]") {
  const ScratchFolder folder;
  EngineClient podman;
  podman.program = "podman";
  Environment environment;
  find_credentials(podman, environment, folder.path(), "quay.io/octo/app:1");
  const auto path = folder.path() / "auth.json";
  CHECK(environment.get("REGISTRY_AUTH_FILE") == path.string());
  std::stringstream text;
  text << std::ifstream(path).rdbuf();
  CHECK(text.str() == "{\"credHelpers\":{\"quay.io\":\"crun\"}}\n");
}

TEST_CASE("podman: the registries of earlier calls stay known", "[job]") {
  const ScratchFolder folder;
  EngineClient podman;
  podman.program = "podman";
  Environment environment;
  CHECK(crun::executor::podman_registries(folder.path()).empty());
  find_credentials(podman, environment, folder.path(), "quay.io/octo/app:1");
  find_credentials(podman, environment, folder.path(), "octo/app:1");
  std::stringstream text;
  text << std::ifstream(crun::executor::podman_registries(folder.path())).rdbuf();
  CHECK(text.str() == "{\"credHelpers\":{\"docker.io\":\"crun\",\"quay.io\":\"crun\"}}\n");
}

TEST_CASE("podman: docker is called without what only podman needs", "[job]") {
  const ScratchFolder folder;
  const EngineClient docker;
  Environment environment;
  find_credentials(docker, environment, folder.path(), "quay.io/octo/app:1");
  CHECK(environment.find("REGISTRY_AUTH_FILE") == nullptr);
  CHECK(run_options_for(docker).empty());
}
