#include "tests/golden/replay.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "executor/builtin/builtin.hpp"
#include "executor/error.hpp"
#include "executor/process/command.hpp"
#include "tests/golden/observed.hpp"
#include "tests/golden/shim.hpp"
#include "tests/http_stub.hpp"

namespace crun::tests::golden {
namespace {

namespace fs = std::filesystem;
using executor::Environment;
/// The order of keys is kept: it shows in outputs.
using json = nlohmann::ordered_json;

/// The token the recordings were made with.
constexpr const char* stub_token = "ghs_stubtoken0123456789";

struct World {
  fs::path root, home, workspace, temp, bin, images;

  explicit World(const std::string& id) {
    std::string pattern = (fs::temp_directory_path() / ("golden-" + id + "-XXXXXX")).string();
    if (!::mkdtemp(pattern.data())) throw executor::Error("cannot make " + pattern);
    root = pattern;
    home = root / "home";
    workspace = root / "workspace";
    temp = root / "temp";
    bin = root / "bin";
    images = root / "images";
    for (const fs::path& folder : {home / ".docker", workspace, temp, bin, images}) {
      fs::create_directories(folder);
    }
  }
};

void write_file(const fs::path& path, std::string_view text) {
  std::ofstream(path, std::ios::binary) << text;
}

std::string replaced(std::string text, const std::string& what, const std::string& with) {
  for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += with.size()) {
    text.replace(at, what.size(), with);
  }
  return text;
}

/// NAME=VALUE lines a fixture wrote to $WORK/vars.
std::map<std::string, std::string> fixture_variables(const fs::path& file) {
  std::map<std::string, std::string> variables;
  std::ifstream lines(file);
  for (std::string line; std::getline(lines, line);) {
    const std::size_t equals = line.find('=');
    if (equals != std::string::npos) variables[line.substr(0, equals)] = line.substr(equals + 1);
  }
  return variables;
}

template <class Json>
std::string text_of(const Json& value) {
  return value.is_string() ? value.template get<std::string>() : value.dump();
}

const executor::builtin::Builtin& builtin_of(const std::string& action_ref) {
  const std::string name = action_ref.substr(0, action_ref.find('@'));
  for (const auto& builtin : executor::builtin::builtins()) {
    if (builtin.repository.substr(builtin.repository.find('/') + 1) == name) return builtin;
  }
  throw executor::Error("no built-in for " + action_ref);
}

std::string default_value(std::string_view text, const json& github) {
  if (text == "${{ github.token }}") return stub_token;
  if (text == "${{ github.repository }}") return github["repository"];
  return std::string(text);
}

class Replay {
 public:
  Replay(const json& recording, const Ground& ground, World world)
      : recording_(recording),
        world_(std::move(world)),
        builtin_(builtin_of(recording["action_ref"])),
        version_(text_of(recording["action_ref"])
                     .substr(text_of(recording["action_ref"]).find('@') + 1)) {
    if (!ground.busybox.empty()) {
      fs::copy_file(ground.busybox, world_.images / "busybox");
    }
    fs::create_symlink(fs::read_symlink("/proc/self/exe"), world_.bin / "docker");
    prepare_environment();
  }

  nlohmann::json run() {
    run_fixture();
    std::unique_ptr<HttpStub> api = serve_api();
    nlohmann::json observed = run_stage("main", {});
    if (recording_.contains("after")) {
      observed["after"] = run_script(recording_["after"], observed["outputs"]);
    }
    if (recording_["expected"].contains("post")) {
      observed["post"] = run_stage("post", observed["state"]);
      if (recording_.contains("after_post")) {
        observed["post"]["after"] = run_script(recording_["after_post"], observed["outputs"]);
      }
    }
    return nlohmann::json::parse(with_placeholders(observed.dump()));
  }

 private:
  void prepare_environment() {
    const char* path = std::getenv("PATH");
    real_path_ = path ? path : "/usr/bin:/bin";
    environment_.set("PATH", world_.bin.string() + ":" + real_path_);
    environment_.set("HOME", world_.home);
    environment_.set("DOCKER_CONFIG", world_.home / ".docker");
    environment_.set("WORK", world_.root);
    environment_.set("IMG", world_.images);
    environment_.set("GITHUB_WORKSPACE", world_.workspace);
    environment_.set("WORKSPACE", world_.workspace);
    environment_.set("RUNNER_TEMP", world_.temp);
    environment_.set("LANG", "C.UTF-8");
    for (const char* name : {"DOCKER_HOST", "LD_LIBRARY_PATH", "ASAN_OPTIONS", "TSAN_OPTIONS"}) {
      if (const char* value = std::getenv(name)) environment_.set(name, value);
    }
    // Commits of the fixtures get the ids they had when they were recorded.
    for (const char* role : {"AUTHOR", "COMMITTER"}) {
      environment_.set(fmt::format("GIT_{}_NAME", role), "T");
      environment_.set(fmt::format("GIT_{}_EMAIL", role), "t@x");
      environment_.set(fmt::format("GIT_{}_DATE", role), "2024-01-02T03:04:05Z");
    }
    environment_.set("GIT_CONFIG_NOSYSTEM", "1");
    if (recording_.contains("sim")) {
      write_file(world_.root / "sim.json", recording_["sim"].dump());
    } else {
      link_plugins();
    }
  }

  /// The real docker must find its plugins although the world has a configuration of its own.
  void link_plugins() {
    const char* folder = std::getenv("DOCKER_CONFIG");
    std::error_code ignored;
    if (!folder || !fs::is_directory(fs::path(folder) / "cli-plugins", ignored)) return;
    fs::create_directories(world_.home / ".docker");
    fs::create_directory_symlink(
        fs::path(folder) / "cli-plugins", world_.home / ".docker" / "cli-plugins", ignored);
  }

  void run_fixture() {
    if (recording_.contains("fixture")) {
      executor::Command bash;
      bash.argv = {"bash", "-c", recording_["fixture"]};
      bash.directory = world_.workspace;
      bash.environment = environment_;
      bash.environment->set("PATH", real_path_);
      const auto result = executor::run_command(bash);
      if (!result.status.success()) throw executor::Error("the fixture fails: " + result.err);
    }
    // The case names commits as ${NAME}, or literally as they were when it was recorded.
    const auto variables = fixture_variables(world_.root / "vars");
    std::string text = recording_.dump();
    const json recorded = recording_.value("fixture_vars", json::object());
    for (const auto& [name, value] : variables) {
      text = replaced(text, "${" + name + "}", value);
      if (recorded.contains(name)) text = replaced(text, recorded[name], value);
    }
    recording_ = json::parse(text);
  }

  std::unique_ptr<HttpStub> serve_api() {
    const json answers = recording_.value("api_stub", json::object());
    auto stub = std::make_unique<HttpStub>([answers](const StubRequest& request) -> StubAnswer {
      const std::string path = request.target.substr(0, request.target.find('?'));
      const std::string key = request.method + " " + path;
      const bool later_page = request.target.find("&page=") != std::string::npos &&
                              request.target.find("&page=1") == std::string::npos;
      if (answers.contains(key)) {
        return {
            200, later_page ? "[]" : answers[key].dump(), {{"Content-Type", "application/json"}}};
      }
      return {404, R"({"message":"Not Found"})", {{"Content-Type", "application/json"}}};
    });
    api_ = "http://" + stub->host();
    environment_.set("API", api_);
    return stub;
  }

  Environment stage_environment(const std::string& stage, const nlohmann::json& state) {
    Environment environment = environment_;
    const json& github = recording_["github"];
    write_file(world_.root / "event.json", recording_["event"].dump());
    for (const auto& [name, value] : github.items()) {
      std::string upper = name;
      for (char& c : upper) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
      environment.set("GITHUB_" + upper, text_of(value));
    }
    const std::string ref = github.value("ref", "");
    environment.set("GITHUB_ACTIONS", "true");
    environment.set("GITHUB_ACTOR", "octocat");
    environment.set("GITHUB_API_URL", api_);
    environment.set("GITHUB_EVENT_NAME", recording_["event_name"]);
    environment.set("GITHUB_EVENT_PATH", world_.root / "event.json");
    environment.set("GITHUB_REF_TYPE", ref.starts_with("refs/tags/") ? "tag" : "branch");
    for (const char* file : {"OUTPUT", "STATE", "ENV", "PATH", "STEP_SUMMARY"}) {
      const fs::path path = world_.root / (stage + "-" + file);
      write_file(path, "");
      environment.set(fmt::format("GITHUB_{}", file), path);
    }
    if (recording_.contains("now")) environment.set("CRUN_NOW", recording_["now"]);
    for (const auto& input : builtin_.inputs) {
      set_input(environment, std::string(input.name), default_value(input.default_value, github));
    }
    for (const auto& [name, value] : recording_["inputs"].items()) {
      set_input(environment, name, text_of(value));
    }
    const json extra = recording_.value("env", json::object());
    for (const auto& [name, value] : extra.items()) {
      environment.set(name, text_of(value));
    }
    for (const auto& [name, value] : state.items())
      environment.set("STATE_" + name, text_of(value));
    environment.set(shim_record, world_.root / (stage + "-argv"));
    environment.set(shim_real, real_path_);
    if (recording_.contains("sim")) environment.set(shim_answers, world_.root / "sim.json");
    return environment;
  }

  static void set_input(Environment& environment, const std::string& name, std::string value) {
    std::string variable = "INPUT_";
    for (const char c : name) {
      variable += c == ' ' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    }
    environment.set(variable, std::move(value));
  }

  nlohmann::json run_stage(const std::string& stage, const nlohmann::json& state) {
    executor::Command command;
    command.argv = {"timeout", "-k", "5", "180", fs::read_symlink("/proc/self/exe"), "builtin"};
    command.argv.insert(command.argv.end(), {std::string(builtin_.name), stage, version_});
    command.directory = world_.workspace;
    command.environment = stage_environment(stage, state);
    const auto result = executor::run_command(command);
    write_file(world_.root / (stage + "-stdout"), result.out);
    write_file(world_.root / (stage + "-stderr"), result.err);
    return observe(world_.root, stage, result.status.code(), result.out);
  }

  std::string run_script(const std::string& script, const nlohmann::json& outputs) {
    executor::Command bash;
    // Recorded with both streams together.
    bash.argv = {"bash", "-c", "exec 2>&1\n" + script};
    bash.directory = world_.workspace;
    bash.environment = environment_;
    bash.environment->set("PATH", real_path_);
    for (const auto& [name, value] : outputs.items()) {
      bash.environment->set("OUT_" + name, text_of(value));
    }
    std::string text = executor::run_command(bash).out;
    while (text.ends_with('\n')) text.pop_back();
    return text;
  }

  std::string with_placeholders(std::string text) const {
    text = replaced(text, world_.workspace, "$GITHUB_WORKSPACE");
    text = replaced(text, world_.temp, "$RUNNER_TEMP");
    text = replaced(text, world_.home, "$HOME");
    text = replaced(text, world_.root, "$CASE");
    return api_.empty() ? text : replaced(text, api_, "$API");
  }

  json recording_;
  World world_;
  const executor::builtin::Builtin& builtin_;
  std::string version_, real_path_, api_;
  Environment environment_;
};

}  // namespace

nlohmann::json replay(const std::string& line, const Ground& ground, bool keep) {
  const json recording = json::parse(line);
  World world(recording["id"]);
  const fs::path root = world.root;
  struct Cleaner {
    fs::path root;
    bool keep;
    ~Cleaner() {
      std::error_code ignored;
      if (keep) fmt::print("  {}\n", root.string());
      if (!keep) fs::remove_all(root, ignored);
    }
  } cleaner{root, keep};
  return Replay(recording, ground, std::move(world)).run();
}

}  // namespace crun::tests::golden
