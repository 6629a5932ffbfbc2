// `crun eval` from outside.

#include <string>
#include <vector>

#include "tests/catch.hpp"
#include "tests/runner/cli/called_program.hpp"

namespace crun::tests {
namespace {

using Catch::Matchers::ContainsSubstring;

/// In a repository only because the program is called in one: nothing of it is read.
Called eval(const std::string& expression, const std::string& contexts = "") {
  static const CalledProgram crun("");
  std::vector<std::string> arguments = {CRUN_PROGRAM, "eval", expression};
  if (!contexts.empty()) {
    crun.repository.write("contexts.json", contexts);
    arguments.insert(arguments.end(), {"--context", "contexts.json"});
  }
  return crun.call(std::move(arguments));
}

}  // namespace

TEST_CASE("crun eval: a string is printed as it is, anything else as JSON", "[cli]") {
  CHECK(eval("format('{0}-{1}', 'a', 1.50)").out == "a-1.5\n");
  CHECK(eval("1 == 1.0").out == "true\n");
  CHECK(eval("fromJSON('[1,\"b\"]')").out == "[\n  1,\n  \"b\"\n]\n");
  CHECK(eval("").out == "null\n");
  CHECK(eval("success() && !cancelled()").out == "true\n");
}

TEST_CASE("crun eval: members of the context file are the names", "[cli]") {
  const std::string contexts = R"({"github": {"ref": "refs/heads/main"}, "env": {"A": "b"}})";
  CHECK(eval("GITHUB.Ref == 'refs/heads/MAIN'", contexts).out == "true\n");
  CHECK(
      eval("on ${{ github.ref }} with ${{ env.A }}", contexts).out ==
      "on refs/heads/main with b\n");
  CHECK(eval("${{ github }}", contexts).out == "{\n  \"ref\": \"refs/heads/main\"\n}\n");
}

TEST_CASE("crun eval: a mistake is shown at its place, exit code 2", "[cli]") {
  const auto unknown = eval("format('é', nope.x)");
  CHECK(unknown.code == 2);
  CHECK(unknown.out.empty());
  CHECK_THAT(
      unknown.err,
      ContainsSubstring("Unrecognized named-value: 'nope'. Located at "
                        "position 13 within expression"));
  CHECK_THAT(unknown.err, ContainsSubstring("\n  format('é', nope.x)\n              ^\n"));
  CHECK_THAT(unknown.err, ContainsSubstring("--context"));
  CHECK(eval("fromJSON('nope')").code == 2);
  const auto broken = eval("1", "[1]");
  CHECK(broken.code == 2);
  CHECK_THAT(broken.err, ContainsSubstring("an object is wanted"));
}

}  // namespace crun::tests
