#include "runner/server/serve_config.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "runner/cli/usage_error.hpp"
#include "tests/catch.hpp"

using namespace crun::runner;
using Catch::Matchers::ContainsSubstring;

namespace {

namespace fs = std::filesystem;

class ConfigFile {
 public:
  ConfigFile() : folder_(fs::temp_directory_path() / ("crun-config-" + std::to_string(::rand()))) {
    fs::create_directories(folder_);
  }
  ~ConfigFile() { fs::remove_all(folder_); }

  ServeConfig read(const std::string& text) {
    std::ofstream(folder_ / "crun.yml") << text;
    diagnostics = {};
    return read_serve_config(folder_ / "crun.yml", diagnostics);
  }
  void add(const std::string& name, const std::string& text) {
    std::ofstream(folder_ / name) << text;
  }
  std::string findings() const { return render(diagnostics); }

  crun::workflow::Diagnostics diagnostics;

 private:
  fs::path folder_;
};

}  // namespace

TEST_CASE("configuration: everything that can be said is read", "[server]") {
  ConfigFile file;
  file.add("token", "from-a-file\n");
  ::setenv("CRUN_TEST_HOOK", "hook", 1);
  const auto config = file.read(R"(
capacity: 3
retention_days: 7
labels: { ubuntu-latest: host }
repositories:
  - name: demo
    url: file:///srv/git/demo.git
    poll: 90s
    webhook_secret: { env: CRUN_TEST_HOOK }
    secrets: { TOKEN: { file: token } }
    vars: { REGISTRY: "127.0.0.1:5002", LEVEL: 7 }
    env: { DEBUG: "1" }
    registry_map: { docker.io: "127.0.0.1:5002" }
)");
  INFO(file.findings());
  REQUIRE_FALSE(file.diagnostics.has_errors());
  CHECK(config.capacity == 3);
  CHECK(config.retention_days == 7);
  CHECK(config.secret_variables.count("CRUN_TEST_HOOK") == 1);
  const auto* demo = config.find("demo");
  REQUIRE(demo != nullptr);
  CHECK(demo->poll == std::chrono::seconds(90));
  CHECK(demo->webhook_secret == "hook");
  CHECK(demo->secrets.at("TOKEN") == "from-a-file");
  CHECK(demo->vars.at("LEVEL") == "7");
  CHECK(demo->registry_map.at("docker.io") == "127.0.0.1:5002");
}

TEST_CASE("configuration: every finding is told at its place", "[server]") {
  ConfigFile file;
  file.read(
      "capacty: 2\n"
      "labels: { x: [docker] }\n"
      "repositories:\n"
      "  - name: demo\n"
      "    url: file:///x\n"
      "    poll: soon\n"
      "    webhook_secret: plain-text\n"
      "    secrets: { A: { env: CRUN_NOT_SET }, B: { file: not/there } }\n"
      "  - name: demo\n"
      "    url: [x]\n");
  const auto told = file.findings();
  CHECK_THAT(told, ContainsSubstring("crun.yml:1:1: error: 'capacty'"));
  CHECK_THAT(told, ContainsSubstring("did you mean 'capacity'?"));
  CHECK_THAT(told, ContainsSubstring("crun.yml:2:14: error: a label's place"));
  CHECK_THAT(told, ContainsSubstring("crun.yml:6:11: error: poll"));
  CHECK_THAT(told, ContainsSubstring("crun.yml:7:21: error: webhook_secret"));
  CHECK_THAT(told, ContainsSubstring("crun.yml:8:26: error: the environment has no variable"));
  CHECK_THAT(told, ContainsSubstring("crun.yml:8:53: error: cannot read not/there"));
  CHECK_THAT(told, ContainsSubstring("crun.yml:9:11: error: there are two repositories"));
  CHECK_THAT(told, ContainsSubstring("crun.yml:10:10: error: url must be a text"));
}

TEST_CASE("configuration: a secret in the file itself is refused without being shown", "[server]") {
  ConfigFile file;
  file.read(
      "repositories:\n  - { name: a, url: b, webhook_secret: hunter1, secrets: { T: hunter2 }, "
      "pol: 0 "
      "}\n");
  CHECK(file.diagnostics.count(crun::workflow::Severity::error) == 3);
  CHECK_THAT(file.findings(), !ContainsSubstring("hunter"));
  CHECK_THAT(file.findings(), ContainsSubstring("secrets: { T: ******* }"));
}

TEST_CASE("configuration: names that no command line could carry are findings", "[server]") {
  ConfigFile file;
  for (const char* line :
       {"vars: { 1x: y }",
        "vars: { \"A B\": y }",
        "env: { \"\": y }",
        "secrets: { A-B: { env: HOME } }",
        "registry_map: { \"a=b\": c }",
        "registry_map: { a: \"\" }"}) {
    INFO(line);
    file.read(std::string("repositories:\n  - name: a\n    url: b\n    ") + line + "\n");
    CHECK(file.diagnostics.count(crun::workflow::Severity::error) == 1);
    CHECK_THAT(file.findings(), ContainsSubstring("crun.yml:4:"));
  }
  file.read("labels: { \"a=b\": host }\nrepositories: []\n");
  CHECK_THAT(file.findings(), ContainsSubstring("crun.yml:1:"));
}

TEST_CASE("configuration: an empty file has a place too", "[server]") {
  ConfigFile file;
  for (const char* text : {"", "# nothing\n", "---\n"}) {
    file.read(text);
    CHECK_THAT(
        file.findings(), ContainsSubstring("crun.yml:1:1: error: the configuration is empty"));
  }
}

TEST_CASE("configuration: a file that is not there is a wrong call", "[server]") {
  crun::workflow::Diagnostics diagnostics;
  CHECK_THROWS_AS(read_serve_config("/not/there.yml", diagnostics), UsageError);
}
