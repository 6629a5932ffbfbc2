#include "executor/step/shell.hpp"

#include "executor/error.hpp"
#include "tests/catch.hpp"

namespace crun::executor {

using Catch::Matchers::ContainsSubstring;

TEST_CASE("shell: without a name it is bash without pipefail, as on GitHub", "[step]") {
  const auto shell = find_shell("", "/usr/bin:/bin");
  CHECK_THAT(shell.text, ContainsSubstring("bash -e {0}"));
  CHECK(shell.command("/tmp/x.sh").back() == "/tmp/x.sh");
}

TEST_CASE("shell: bash by name gets pipefail and no start-up files", "[step]") {
  CHECK_THAT(
      find_shell("bash", "/usr/bin:/bin").text,
      ContainsSubstring("--noprofile --norc -e -o pipefail {0}"));
}

TEST_CASE("shell: a custom one must say where the script goes", "[step]") {
  CHECK(find_shell("cat -n {0}", "/usr/bin:/bin").command("s")[2] == "s");
  CHECK_THROWS_WITH(
      find_shell("cat -n", "/usr/bin:/bin"), ContainsSubstring("Invalid shell option"));
}

TEST_CASE("shell: one that is not installed is named", "[step]") {
  CHECK_THROWS_WITH(find_shell("pwsh", "/nowhere"), ContainsSubstring("'pwsh' was not found"));
}

}  // namespace crun::executor
