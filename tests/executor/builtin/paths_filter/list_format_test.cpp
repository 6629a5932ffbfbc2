#include "executor/builtin/paths_filter/list_format.hpp"

#include "tests/catch.hpp"

using namespace crun::executor::builtin;

namespace {

const std::vector<std::string> odd = {
    "docs/$v&(1).md", "a,b", "it's.md", "with space", "ünï.md", "plain"};

}  // namespace

TEST_CASE("list format: each kind quotes what it must", "[builtin]") {
  CHECK(
      format_list(odd, ListFormat::csv) ==
      "\"docs/$v&(1).md\",\"a,b\",\"it's.md\",\"with space\",\"ünï.md\",plain");
  CHECK(
      format_list(odd, ListFormat::json) ==
      "[\"docs/$v&(1).md\",\"a,b\",\"it's.md\",\"with space\",\"ünï.md\",\"plain\"]");
  CHECK(
      format_list(odd, ListFormat::shell) ==
      "'docs/$v&(1).md' a,b \"it's.md\" 'with space' 'ünï.md' plain");
  CHECK(
      format_list(odd, ListFormat::escape) ==
      "docs/\\$v\\&\\(1\\).md a,b it\\'s.md with\\ space \\ün\\ï.md plain");
  CHECK(format_list({"it's $x"}, ListFormat::shell) == "it\\''s $x'");
  CHECK(format_list({"a\"b"}, ListFormat::csv) == "\"a\"\"b\"");
  CHECK(format_list({}, ListFormat::json) == "[]");
}

TEST_CASE("list format: knows its names", "[builtin]") {
  CHECK(list_format_of("shell") == ListFormat::shell);
  CHECK_FALSE(list_format_of("xml"));
}
