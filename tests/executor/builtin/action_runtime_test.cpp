#include "executor/builtin/action_runtime.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "tests/catch.hpp"

using namespace crun::executor::builtin;

namespace {

/// An environment variable for as long as this lives.
struct Variable {
  std::string name;
  Variable(std::string variable, const std::string& value) : name(std::move(variable)) {
    ::setenv(name.c_str(), value.c_str(), 1);
  }
  ~Variable() { ::unsetenv(name.c_str()); }
};

std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

TEST_CASE(
    "action runtime: versions are read from tags; what is left out is the newest", "[builtin]") {
  CHECK(Version::parse("v6.9.0") == Version{6, 9, 0});
  CHECK(Version::parse("v6") > Version{6, 18, 0});
  CHECK(Version::parse("v6") < Version{7, 0, 0});
  CHECK(Version::parse("v6.9") > Version{6, 9, 5});
  CHECK(Version::parse("main") > Version{100, 0, 0});
  CHECK(Version::parse("v2-beta") == Version{2, 0, 0});
}

TEST_CASE("action runtime: inputs are trimmed as JavaScript does; dashes stay", "[builtin]") {
  const Variable files("INPUT_SECRET-FILES", "\xC2\xA0 a \n");
  const Variable spaced("INPUT_TWO_WORDS", "x");
  const ActionRuntime runtime(Stage::main, {});
  CHECK(runtime.input("secret-files") == "a");
  CHECK(runtime.input("secret-files", false) == "\xC2\xA0 a \n");
  CHECK(runtime.input("two words") == "x");
  CHECK(runtime.input("absent").empty());
  CHECK_THROWS_WITH(runtime.required_input("absent"), "Input required and not supplied: absent");
}

TEST_CASE("action runtime: booleans are YAML's, nothing else", "[builtin]") {
  const ActionRuntime runtime(Stage::main, {});
  const Variable yes("INPUT_YES", " True "), no("INPUT_NO", "FALSE"), odd("INPUT_ODD", "yes");
  CHECK(runtime.boolean_input("yes"));
  CHECK_FALSE(runtime.boolean_input("no"));
  CHECK_THROWS_AS(runtime.boolean_input("odd"), Failed);
  CHECK_THROWS_AS(runtime.boolean_input("absent"), Failed);
}

TEST_CASE(
    "action runtime: outputs of several lines go into the file between delimiters", "[builtin]") {
  const auto path = std::filesystem::temp_directory_path() / "action-runtime-output";
  std::filesystem::remove(path);
  const Variable file("GITHUB_OUTPUT", path);
  ActionRuntime runtime(Stage::main, {});
  runtime.set_output("tags", "a\nb");
  const std::string text = read_file(path);
  std::filesystem::remove(path);
  const std::string delimiter = text.substr(6, text.find('\n') - 6);
  CHECK(delimiter.starts_with("ghadelimiter_"));
  CHECK(text == "tags<<" + delimiter + "\na\nb\n" + delimiter + "\n");
}

TEST_CASE("action runtime: without an event file the event is an empty object", "[builtin]") {
  ::unsetenv("GITHUB_EVENT_PATH");
  CHECK(ActionRuntime(Stage::main, {}).event_json() == "{}");
}
