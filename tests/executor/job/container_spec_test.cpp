#include "executor/job/container_spec.hpp"

#include "executor/error.hpp"
#include "tests/catch.hpp"
#include "workflow/yaml/reader.hpp"

using namespace crun::executor;
namespace workflow = crun::workflow;
using Catch::Matchers::Contains;

namespace {

const workflow::ExpressionNames names = {{"secrets", "matrix"}, {}};

workflow::TokenPtr token(const std::string& text) {
  workflow::Diagnostics diagnostics;
  const auto source = std::make_shared<workflow::SourceFile>("w.yml", text);
  const auto node = read_yaml(source, diagnostics);
  auto made = make_token(source, *node, names, diagnostics);
  REQUIRE_FALSE(diagnostics.has_errors());
  return made;
}

workflow::Scope scope() {
  workflow::Object secrets, matrix;
  secrets.set("DOOR", "s3cret");
  matrix.set("image", "alpine:3");
  workflow::Scope scope;
  scope.contexts.set("secrets", secrets);
  scope.contexts.set("matrix", matrix);
  return scope;
}

}  // namespace

TEST_CASE("container: a text, an expression, nothing", "[job]") {
  CHECK(evaluate_container(*token("docker://alpine"), scope())->image == "alpine");
  CHECK(evaluate_container(*token("${{ matrix.image }}"), scope())->image == "alpine:3");
  CHECK_FALSE(evaluate_container(*token("${{ matrix.none }}"), scope()));
  CHECK_FALSE(evaluate_container(*token("docker://"), scope()));
  CHECK_THROWS_WITH(evaluate_container(*token("--privileged"), scope()), Contains("no name"));
}

TEST_CASE("container: its keys are evaluated and checked", "[job]") {
  const auto spec = evaluate_container(
      *token("image: a/b:1\n"
             "env: {KEY: '${{ secrets.DOOR }}', NUMBER: 1.50}\n"
             "ports: [80, '8080:80/udp']\n"
             "volumes: ['/data:/data:ro']\n"
             "options: --cpus 1\n"
             "credentials: {username: ci, password: '${{ secrets.DOOR }}'}\n"),
      scope());
  REQUIRE(spec);
  CHECK(spec->environment.get("KEY") == "s3cret");
  CHECK(spec->environment.get("NUMBER") == "1.5");
  CHECK(spec->ports == std::vector<std::string>{"80", "8080:80/udp"});
  CHECK(spec->volumes == std::vector<std::string>{"/data:/data:ro"});
  CHECK(spec->options == std::vector<std::string>{"--cpus", "1"});
  CHECK(spec->credentials->password == "s3cret");
  CHECK_THROWS_WITH(
      evaluate_container(
          *token("image: a\ncredentials: {username: ci, password: '${{ secrets.NONE }}'}"),
          scope()),
      Contains("container: credentials"));
  CHECK_THROWS_WITH(
      evaluate_container(*token("image: a\noptions: --network host"), scope()),
      Contains("--network is not allowed"));
}

TEST_CASE("services: those without an image are left out, mistakes name the service", "[job]") {
  const auto services = evaluate_services(
      *token("web: {image: nginx, command: 'sh -c \"echo a b\"'}\nnone: {image: '${{ '''' }}'}\n"),
      scope());
  REQUIRE(services.size() == 1);
  CHECK(services[0].name == "web");
  CHECK(services[0].container.command == std::vector<std::string>{"sh", "-c", "echo a b"});
  CHECK_THROWS_WITH(
      evaluate_services(*token("db: {image: a, options: --rm}"), scope()), Contains("service db"));
}

TEST_CASE("labels: the first with an image decides, host means none", "[job]") {
  const std::map<std::string, std::string> images = {
      {"boxed", "debian"}, {"plain", "host"}, {"other", "alpine"}};
  const auto image = [&](const char* runs_on) {
    return image_of_labels(token(runs_on).get(), scope(), images);
  };
  CHECK(image("boxed") == "debian");
  CHECK(image("plain").empty());
  CHECK(image("[self-hosted, other, boxed]") == "alpine");
  CHECK(image("[plain, boxed]").empty());
  CHECK(image("{group: g, labels: boxed}") == "debian");
  CHECK(image("unknown").empty());
}

TEST_CASE("container: volumes beside . are of the workspace, names and paths stay", "[job]") {
  ContainerSpec spec;
  spec.volumes = {
      "./data:/data", "..:/above:ro", "cache:/cache", "/abs:/abs", "/only", ".hidden:/h"};
  spec.options = {
      "-v", "./a:/a", "--volume=./b:/b", "-v../c:/c", "--user", "./0", "--volume", "d:/d"};
  place_volumes(spec, "/w");
  CHECK(
      spec.volumes == std::vector<std::string>{
                          "/w/./data:/data",
                          "/w/..:/above:ro",
                          "cache:/cache",
                          "/abs:/abs",
                          "/only",
                          ".hidden:/h"});
  CHECK(
      spec.options == std::vector<std::string>{
                          "-v",
                          "/w/./a:/a",
                          "--volume=/w/./b:/b",
                          "-v/w/../c:/c",
                          "--user",
                          "./0",
                          "--volume",
                          "d:/d"});
}
