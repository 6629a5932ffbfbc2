#include "tests/golden/shim.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include <unistd.h>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "executor/process/command.hpp"

namespace crun::tests::golden {
namespace {

/// buildx writes its metadata in this order.
using json = nlohmann::ordered_json;

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string read_stdin() {
  std::string text;
  char chunk[4096];
  for (std::size_t n; (n = std::fread(chunk, 1, sizeof chunk, stdin)) > 0;) text.append(chunk, n);
  return text;
}

/// `--secret id=ID,src=FILE`: what the file holds now; it is gone when the build ends.
json secret_files(const std::vector<std::string>& arguments) {
  json secrets = json::object();
  for (std::size_t i = 0; i + 1 < arguments.size(); ++i) {
    const std::string& value = arguments[i + 1];
    const std::size_t source = value.find(",src=");
    if (arguments[i] != "--secret" || !value.starts_with("id=") || source == value.npos) continue;
    secrets[value.substr(3, source - 3)] = read_file(value.substr(source + 5));
  }
  return secrets;
}

std::string value_of(const std::vector<std::string>& arguments, std::string_view option) {
  const auto found = std::find(arguments.begin(), arguments.end(), option);
  return found == arguments.end() || found + 1 == arguments.end() ? "" : *(found + 1);
}

void record(
    const std::string& tool, const std::vector<std::string>& arguments, const std::string& input) {
  json entry = {{"tool", tool}, {"argv", arguments}};
  entry["cwd"] = std::filesystem::current_path().string();
  for (const char* name :
       {"DOCKER_CONTENT_TRUST", "BUILDX_METADATA_WARNINGS", "DEBUG", "DOCKER_CONFIG"}) {
    if (std::getenv(name)) entry["env"][name] = variable(name);
  }
  if (!input.empty()) entry["stdin"] = input;
  if (json secrets = secret_files(arguments); !secrets.empty()) entry["secret_files"] = secrets;
  const std::string configuration = value_of(arguments, "--config");
  if (!configuration.empty()) entry["config_file"] = read_file(configuration);
  std::ofstream(variable(shim_record), std::ios::app) << entry.dump() << '\n';
}

int play(const json& answer) {
  fmt::print("{}", answer.value("stdout", ""));
  fmt::print(stderr, "{}", answer.value("stderr", ""));
  return answer.value("rc", 0);
}

int play_build(const json& build, const std::vector<std::string>& arguments) {
  const std::string id_file = value_of(arguments, "--iidfile");
  if (build.contains("iid") && !id_file.empty()) {
    std::ofstream(id_file) << build["iid"].get<std::string>();
  }
  const std::string metadata_file = value_of(arguments, "--metadata-file");
  if (build.contains("metadata") && !metadata_file.empty()) {
    std::ofstream(metadata_file) << build["metadata"].dump(2);
  }
  return play(build);
}

/// The answer whose key is the command line, else the longest key with a `*` that begins it.
int simulate(const json& sim, const std::vector<std::string>& arguments) {
  if (arguments.size() > 1 && arguments[0] == "buildx" && arguments[1] == "build") {
    return play_build(sim.value("build", json::object()), arguments);
  }
  const std::string line = fmt::format("{}", fmt::join(arguments, " "));
  const json answers = sim.value("answers", json::object());
  if (answers.contains(line)) return play(answers[line]);
  std::string best;
  for (const auto& [key, answer] : answers.items()) {
    if (!key.ends_with('*') || key.size() <= best.size()) continue;
    if (line.starts_with(key.substr(0, key.size() - 1))) best = key;
  }
  return best.empty() ? 0 : play(answers[best]);
}

}  // namespace

int run_shim(const std::string& tool, const std::vector<std::string>& arguments) {
  const bool wants_input =
      std::find(arguments.begin(), arguments.end(), "--password-stdin") != arguments.end();
  const std::string input = wants_input ? read_stdin() : "";
  record(tool, arguments, input);
  const std::string sim = variable(shim_answers);
  if (!sim.empty()) return simulate(json::parse(read_file(sim)), arguments);

  executor::Command command;
  const auto real = executor::find_program(tool, variable(shim_real));
  if (!real) return 127;
  command.argv = {real->string()};
  command.argv.insert(command.argv.end(), arguments.begin(), arguments.end());
  command.input = input;
  const auto result =
      executor::run_command(command, [](executor::Stream stream, std::string_view bytes) {
        std::fwrite(
            bytes.data(), 1, bytes.size(), stream == executor::Stream::out ? stdout : stderr);
        std::fflush(stream == executor::Stream::out ? stdout : stderr);
      });
  return result.status.code();
}

}  // namespace crun::tests::golden
