#include "executor/builtin/metadata.hpp"

#include <nlohmann/json.hpp>

#include "tests/catch.hpp"
#include "tests/executor/builtin/action_world.hpp"

using crun::executor::builtin::run_metadata;
using crun::tests::ActionResult;
using crun::tests::ActionWorld;
using crun::tests::read_text;
using crun::tests::ScratchRepository;

namespace {

/// A local run of a push to a ref.
class Push : public ActionWorld {
 public:
  explicit Push(const std::string& ref, const std::string& version = "v6.2.0")
      : ActionWorld(run_metadata, version) {
    environment = {
        {"CRUN_LOCAL", "1"},
        {"CRUN_NOW", "2026-03-04T05:06:07.089Z"},
        {"GITHUB_EVENT_NAME", "push"},
        {"GITHUB_REF", ref},
        {"GITHUB_SHA", "860c1904a1ce19322e91ac35af1ab07466440c37"},
        {"GITHUB_REPOSITORY", "octocat/hello-world"},
        {"GITHUB_SERVER_URL", "https://github.com"}};
    event = R"({"repository": {"default_branch": "main"}})";
    inputs["images"] = "octocat/Hello";
  }

  std::string tags(const std::string& rules) {
    inputs["tags"] = rules;
    return run().outputs["tag-names"];
  }
};

}  // namespace

TEST_CASE("metadata: tags and labels of a push to the default branch", "[builtin]") {
  Push push("refs/heads/main");
  push.inputs["tags"] = "type=sha\ntype=ref,event=branch\ntype=raw,value=stable";
  push.inputs["labels"] = "com.example.team=blue {{branch}}";
  auto result = push.run();
  CHECK(result.failure == "");
  CHECK(
      result.outputs["tags"] ==
      "octocat/hello:main\noctocat/hello:stable\noctocat/hello:sha-860c190");
  CHECK(result.outputs["version"] == "main");
  CHECK(
      result.outputs["labels"] ==
      "com.example.team=blue main\n"
      "org.opencontainers.image.created=2026-03-04T05:06:07.089Z\n"
      "org.opencontainers.image.description=\n"
      "org.opencontainers.image.licenses=\n"
      "org.opencontainers.image.revision=860c1904a1ce19322e91ac35af1ab07466440c37\n"
      "org.opencontainers.image.source=https://github.com/octocat/hello-world\n"
      "org.opencontainers.image.title=hello-world\n"
      "org.opencontainers.image.url=https://github.com/octocat/hello-world\n"
      "org.opencontainers.image.version=main");
  CHECK(result.log.find("GitHub is not asked") != std::string::npos);
}

TEST_CASE(
    "metadata: a release moves the shorter tags and latest, a prerelease does not", "[builtin]") {
  const std::string rules =
      "type=semver,pattern={{version}}\ntype=semver,pattern={{major}}.{{minor}}";
  CHECK(Push("refs/tags/v1.2.3").tags(rules) == "1.2.3\n1.2\nlatest");
  CHECK(Push("refs/tags/v1.2.3-rc.1").tags(rules) == "1.2.3-rc.1");
  CHECK(Push("refs/tags/v1.2.3-rc.1").tags("type=semver,pattern={{raw}}") == "v1.2.3-rc.1");
  CHECK(
      Push("refs/tags/api@1.2.6").tags("type=semver,pattern={{version}},match=.*@(.*)$") ==
      "1.2.6\nlatest");
}

TEST_CASE("metadata: a tag that is no version gives a warning and no tags", "[builtin]") {
  Push push("refs/tags/release");
  push.inputs["tags"] = "type=semver,pattern={{version}}";
  auto result = push.run();
  CHECK(result.failure == "");
  CHECK(result.outputs["tags"] == "");
  CHECK(result.log.find("::warning::release is not a valid semver.") != std::string::npos);
  CHECK(result.log.find("::warning::No Docker tag has been generated.") != std::string::npos);
}

TEST_CASE("metadata: the other rules", "[builtin]") {
  CHECK(Push("refs/pull/7/merge").tags("") == "pr-7");
  CHECK(Push("refs/heads/main").tags("type=edge\nx,enable={{is_default_branch}}") == "edge\nx");
  CHECK(Push("refs/heads/dev").tags("type=edge\nx,enable={{is_default_branch}}") == "");
  CHECK(Push("refs/heads/feat/a=b&c").tags("b-{{branch}}") == "b-feat-a-x3D-b-amp-c");
  CHECK(Push("refs/tags/v12.3").tags("type=match,pattern=/V(\\d+)/i,group=1") == "12\nlatest");
  CHECK(Push("refs/tags/1.0rc2").tags("type=pep440,pattern={{major}}") == "1.0rc2");
  CHECK(Push("refs/heads/main").tags("type=raw,value={{date 'YYYYMMDD' tz='UTC'}}") == "20260304");
  CHECK(
      Push("refs/heads/main").tags("a,priority=1\nb\nb\ntype=sha,format=long,prefix=") ==
      "b\n860c1904a1ce19322e91ac35af1ab07466440c37\na");
}

TEST_CASE("metadata: failures are the original's", "[builtin]") {
  const auto failure = [](const std::string& input, const std::string& value) {
    Push push("refs/tags/v1");
    push.inputs[input] = value;
    return push.run().failure;
  };
  CHECK(failure("context", "foo") == "Invalid context source: foo");
  CHECK(failure("tags", "x,enable=yes") == "Invalid value for enable attribute: yes");
  CHECK(failure("tags", "type=raw,value={{date 'YYYY' zone='x'}}") == "Unknown zone attribute");
  CHECK(
      failure("tags", "type=match,pattern=(") ==
      "Invalid regular expression: /(/: Unterminated group");
  CHECK(failure("tags", "type=sha\n  \nx") == "e is not iterable");
}

TEST_CASE("metadata: bake files and JSON hold the same", "[builtin]") {
  Push push("refs/tags/v1.2.3");
  push.inputs["bake-target"] = "app";
  push.inputs["labels"] = "10=ten\n2=two";
  auto result = push.run();
  const auto json = nlohmann::ordered_json::parse(result.outputs["json"]);
  CHECK(json["tags"] == nlohmann::json{"octocat/hello:v1.2.3", "octocat/hello:latest"});
  CHECK(json["labels"].items().begin().key() == "2");
  CHECK(json["annotations"].size() == 8);
  const std::string tags = result.outputs["bake-file-tags"];
  CHECK(tags.ends_with("/docker-metadata-action-bake-tags.json"));
  const auto bake = nlohmann::json::parse(read_text(result.outputs["bake-file"]))["target"]["app"];
  CHECK(bake["tags"] == json["tags"]);
  CHECK(bake["args"]["DOCKER_META_VERSION"] == "v1.2.3");
  CHECK(bake["labels"]["10"] == "ten");
}

TEST_CASE("metadata: older versions keep their ways", "[builtin]") {
  const auto outputs = [](const std::string& version, const std::string& rules) {
    Push push("refs/heads/main", version);
    push.inputs["tags"] = rules;
    return push.run().outputs;
  };
  CHECK(outputs("v5.5.1", "a#b")["tags"] == "octocat/hello:a");
  CHECK(outputs("v6.0.0", "a#b")["tags"] == "octocat/hello:a-b");
  CHECK(outputs("v5.8.0", "x").count("tag-names") == 0);
  CHECK(outputs("v5.0.0", "x").count("annotations") == 0);
  CHECK(outputs("v4.5.0", "x")["labels"].starts_with("org.opencontainers.image.title="));
  Push without("refs/heads/main", "v5.0.0");
  without.inputs["images"] = "";
  CHECK(without.run().failure == "images input required");
}

TEST_CASE("metadata: context git takes ref and commit from the checkout", "[builtin]") {
  const ScratchRepository scratch;
  scratch.git("tag v9.8.7");
  scratch.write("more", "x");
  scratch.commit("more");
  scratch.git("checkout -q v9.8.7");
  Push push("refs/heads/other");
  push.folder = scratch.path();
  push.inputs["context"] = "git";
  push.inputs["tags"] = "type=semver,pattern={{version}}\ntype=sha,format=long,prefix=";
  CHECK(push.run().outputs["tag-names"] == "9.8.7\n" + scratch.id() + "\nlatest");
  scratch.git("checkout -q main");
  push.inputs["tags"] = "";
  CHECK(push.run().outputs["version"] == "main");
}
