#include "executor/builtin/paths_filter/picomatch.hpp"

#include "tests/catch.hpp"
#include "tests/executor/builtin/recorded_rows.hpp"

using crun::executor::builtin::Glob;
using crun::executor::builtin::GlobError;
using crun::tests::recorded_rows;

namespace {

bool matches(const std::string& glob, const std::string& path) {
  return Glob(glob).matches(path);
}

}  // namespace

TEST_CASE("picomatch: gives what the original gave", "[builtin]") {
  for (const auto& row : recorded_rows("picomatch")) {
    INFO(row.dump());
    nlohmann::json matching = nlohmann::json::array();
    try {
      const Glob glob(row["pattern"].get<std::string>());
      for (const auto& path : row["paths"]) {
        if (glob.matches(path.get<std::string>())) matching.push_back(path);
      }
    } catch (const GlobError& error) {
      matching = {{"error", error.what()}};
    }
    CHECK(matching == row["expected_matches"]);
  }
}

TEST_CASE("picomatch: stars stay in their segment, two span segments", "[builtin]") {
  CHECK(matches("*", ".env"));
  CHECK_FALSE(matches("*", "a/b"));
  CHECK(matches("src/**", "src/a/b.js"));
  CHECK(matches("src/**", "src"));
  CHECK(matches("a/**/b", "a/b"));
  CHECK(matches("**/x", "x"));
  CHECK(matches("**.md", "docs/a.md"));
  CHECK_FALSE(matches("a**b", "a/b"));
  CHECK_FALSE(matches("src/", "src/a"));
  CHECK(matches("./src/*", "src/a"));
}

TEST_CASE("picomatch: braces, classes and extglobs", "[builtin]") {
  CHECK(matches("{src,docs}/**", "docs"));
  CHECK_FALSE(matches("{src/**,docs/**}", "docs"));
  CHECK(matches("v{1..3}.txt", "v2.txt"));
  CHECK(matches("{a}", "{a}"));
  CHECK(matches("[!a].js", "a.js"));  // no negation
  CHECK(matches("[^a].js", "b.js"));
  CHECK_FALSE(matches("x[^a]y", "x/y"));
  CHECK(matches("[id]/x", "[id]/x"));
  CHECK(matches("[id]/x", "i/x"));
  CHECK(matches("[[:alpha:]].js", "q.js"));
  CHECK(matches("@(a|b).js", "b.js"));
  CHECK(matches("+(ab)", "abab"));
  CHECK_FALSE(matches("!(*.md)", "a.md"));
  CHECK(matches("!(*.md)", "a.js"));
  CHECK(matches("!(*.d).ts", "a.ts"));
  CHECK_FALSE(matches("!(*.d).ts", "a.d.ts"));
}

TEST_CASE("picomatch: a leading ! negates, a backslash and quotes take meaning away", "[builtin]") {
  CHECK(matches("!src/**", "docs/a"));
  CHECK_FALSE(matches("!src/**", "src/a"));
  CHECK_FALSE(matches("!!src/**", "docs/a"));
  CHECK_FALSE(matches("\\*.md", "a.md"));
  CHECK(matches("\\*.md", "*.md"));
  CHECK(matches("\"*\".md", "*.md"));
  CHECK_FALSE(matches("\"*\".md", "a.md"));
}

TEST_CASE("picomatch: a broken pattern matches only itself", "[builtin]") {
  CHECK(matches("a(b", "a(b"));
  CHECK(matches("[a", "[a"));
  CHECK_FALSE(matches("a{b", "ab"));
  CHECK_THROWS_WITH(Glob(""), "Expected pattern to be a non-empty string");
  CHECK_THROWS_AS(Glob(std::string(70'000, 'a')), GlobError);
  CHECK_THROWS_AS(Glob(std::string(20'000, '(') + std::string(20'000, ')')), GlobError);
  CHECK_FALSE(matches(std::string(60'000, '['), "a"));
}
