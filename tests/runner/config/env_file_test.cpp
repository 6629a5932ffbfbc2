#include "runner/config/env_file.hpp"

#include <fstream>

#include "runner/cli/usage_error.hpp"
#include "tests/catch.hpp"
#include "tests/scratch_repository.hpp"

namespace crun::runner {
namespace {

std::map<std::string, std::string> read(const std::string& text) {
  const tests::ScratchFolder folder;
  const auto path = folder.path() / "values.env";
  std::ofstream(path) << text;
  return read_env_file(path);
}

}  // namespace

TEST_CASE("env file: names and values, comments, quotes and values of several lines", "[config]") {
  const auto values = read(
      "# a comment\n\nA=plain text \nexport B='as $is "
      "\\n'\nC=\"two\\nlines\"\nD=\"first\nsecond\"\n"
      "E=a=b\nF=\n");
  CHECK(values.at("A") == "plain text");
  CHECK(values.at("B") == "as $is \\n");
  CHECK(values.at("C") == "two\nlines");
  CHECK(values.at("D") == "first\nsecond");
  CHECK(values.at("E") == "a=b");
  CHECK(values.at("F").empty());
}

TEST_CASE("env file: what is no line of it is told with its place", "[config]") {
  CHECK_THROWS_WITH(read("A=1\nnonsense\n"), Catch::Matchers::ContainsSubstring("values.env:2:"));
  CHECK_THROWS_WITH(read("A=\"open\n"), Catch::Matchers::ContainsSubstring("not closed"));
  CHECK_THROWS_AS(read_env_file("/nowhere/values.env"), UsageError);
}

}  // namespace crun::runner
