#include "executor/files/file_commands.hpp"

#include <fstream>
#include <optional>

#include <sys/stat.h>
#include <unistd.h>

#include "tests/catch.hpp"

using namespace crun::executor;
namespace fs = std::filesystem;

namespace {

struct Step {
  Step() : folder(fs::temp_directory_path() / ("crun-files-" + std::to_string(::getpid()))) {
    files.emplace(folder, "one");
    files->export_to(environment);
  }
  ~Step() { fs::remove_all(folder); }

  void write(const std::string& variable, std::string_view text) {
    std::ofstream(environment.get(variable), std::ios::binary | std::ios::app) << text;
  }

  fs::path folder;
  Environment environment;
  std::optional<FileCommands> files;
};

}  // namespace

TEST_CASE("file commands: values of one and of many lines, in order", "[files]") {
  CHECK(
      parse_key_values("a=1\n\nb<<END\nx\n\ny=z\nEND\nc==\nd=x<<y\n") ==
      NamedValues{{"a", "1"}, {"b", "x\n\ny=z"}, {"c", "="}, {"d", "x<<y"}});
  CHECK(parse_key_values("a<< EOF\nEOF\n EOF") == NamedValues{{"a", "EOF"}});
  CHECK(parse_key_values("a<<E\r\nx\r\nE\r\n") == NamedValues{{"a", "x\r"}});
  CHECK(parse_key_values("=x") == NamedValues{{"", "x"}});
}

TEST_CASE("file commands: what is wrong is told in GitHub's words", "[files]") {
  CHECK_THROWS_WITH(parse_key_values("abc"), "Invalid format 'abc'");
  CHECK_THROWS_WITH(
      parse_key_values("<<E"),
      "Invalid format '<<E'. Name must not be empty and delimiter must not be empty");
  CHECK_THROWS_WITH(
      parse_key_values("a<<E\nx\n"), "Invalid value. Matching delimiter not found 'E'");
  CHECK_THROWS_WITH(parse_key_values("a<<E\nx"), "Invalid value. EOF marker missing new line.");
}

TEST_CASE("file commands: each file is read on its own, up to its error", "[files]") {
  Step step;
  step.write("GITHUB_ENV", "A=1\nbroken\nB=2\n");
  step.write("GITHUB_OUTPUT", "o=x\n");
  step.write("GITHUB_PATH", "/one\r\n\n/two");
  step.write("GITHUB_STEP_SUMMARY", "# Heading\n");
  CHECK(step.environment.get("CRUN_REPORT").empty());
  step.files->add_report();
  step.files->export_to(step.environment);
  step.write("CRUN_REPORT", "{\"a\":1}\n{\"b\":2}\n");
  auto results = step.files->read();
  CHECK(results.environment == NamedValues{{"A", "1"}});
  CHECK(results.outputs == NamedValues{{"o", "x"}});
  CHECK(results.paths == std::vector<std::string>{"/one", "/two"});
  CHECK(results.summary == "# Heading\n");
  REQUIRE(results.errors.size() == 1);
  CHECK(results.errors[0].command == "env");
  CHECK(results.errors[0].message == "Invalid format 'broken'");
  CHECK(step.files->read_report() == std::vector<std::string>{"{\"a\":1}", "{\"b\":2}"});
}

TEST_CASE("file commands: NODE_OPTIONS is refused, UTF-16 is read", "[files]") {
  Step step;
  step.write("GITHUB_ENV", "Node_Options=x\nA=1\n");
  using namespace std::string_view_literals;
  step.write(
      "GITHUB_OUTPUT",
      "\xFF\xFE"
      "a\0=\0\xE9\0\n\0"sv);
  auto results = step.files->read();
  CHECK(results.blocked == std::vector<std::string>{"Node_Options"});
  CHECK(results.environment == NamedValues{{"A", "1"}});
  CHECK(results.outputs == NamedValues{{"a", "\xC3\xA9"}});
  CHECK(results.errors.empty());
}

TEST_CASE("file commands: a summary over 1 MiB is told, not taken", "[files]") {
  Step step;
  step.write("GITHUB_STEP_SUMMARY", std::string(1024 * 1024 + 1, 'x'));
  auto results = step.files->read();
  CHECK(results.summary.empty());
  CHECK_THAT(results.summary_error, Catch::Matchers::ContainsSubstring("got 1024k"));
}

TEST_CASE(
    "file commands: files are private, and a pipe in their place is not waited for", "[files]") {
  Step step;
  fs::path path = step.environment.get("GITHUB_OUTPUT");
  struct stat info {};
  REQUIRE(::stat(path.c_str(), &info) == 0);
  CHECK((info.st_mode & 0777) == 0600);
  fs::remove(path);
  REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
  CHECK(step.files->read().outputs.empty());
  step.files.reset();
  CHECK(fs::is_empty(step.folder));
}

TEST_CASE("file commands: the github context names those of any step, and no others", "[files]") {
  Step step;
  step.files->add_report();
  CHECK(
      step.files->paths("/f") == NamedValues{
                                     {"env", "/f/set_env_one"},
                                     {"output", "/f/set_output_one"},
                                     {"state", "/f/save_state_one"},
                                     {"path", "/f/add_path_one"},
                                     {"step_summary", "/f/step_summary_one"}});
}

TEST_CASE("file command stock: the next set is there before it is asked for", "[files]") {
  const auto folder = fs::temp_directory_path() / ("crun-stock-" + std::to_string(::getpid()));
  const auto count = [&folder] {
    return std::distance(fs::directory_iterator(folder), fs::directory_iterator());
  };
  FileCommandStock stock;
  auto first = stock.take(folder, false);
  const auto of_one_set = count();
  stock.tidy();
  CHECK(count() == 2 * of_one_set);

  Environment before, after;
  first->export_to(before);
  stock.give_back(std::move(first));
  CHECK(count() == 2 * of_one_set);
  auto second = stock.take(folder, false);
  second->export_to(after);
  CHECK(before.get("GITHUB_OUTPUT") != after.get("GITHUB_OUTPUT"));
  CHECK(fs::is_empty(after.get("GITHUB_OUTPUT")));
  stock.tidy();
  CHECK_FALSE(fs::exists(before.get("GITHUB_OUTPUT")));
  CHECK(fs::exists(after.get("GITHUB_OUTPUT")));

  SECTION("the first set too can be there before") {
    FileCommandStock ahead;
    const auto others = count();
    ahead.prepare(folder, false);
    CHECK(count() == others + of_one_set);
    auto taken = ahead.take(folder, false);
    CHECK(count() == others + of_one_set);
  }
  SECTION("a set for other users than those asked for is not taken") {
    Environment shared;
    stock.take(folder, true)->export_to(shared);
    CHECK(stock.take(folder, true) != nullptr);
    CHECK_FALSE(fs::exists(shared.get("GITHUB_OUTPUT")));
  }
  SECTION("a folder that is gone is told by the next call, not by tidying") {
    stock.take(folder, false).reset();
    fs::remove_all(folder);
    std::ofstream(folder) << "a file";
    stock.tidy();
    CHECK_THROWS_WITH(
        stock.take(folder, false), Catch::Matchers::ContainsSubstring("cannot create"));
  }
  fs::remove_all(folder);
}
