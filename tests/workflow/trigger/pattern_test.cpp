// The cases of GitHub's cheat sheet for filter patterns, and what hostile patterns cost.
#include "workflow/trigger/pattern.hpp"

#include <string>
#include <vector>

#include "tests/catch.hpp"

using namespace crun::workflow;

namespace {

std::vector<FilterPattern> patterns(const std::vector<std::string>& texts) {
  std::vector<FilterPattern> out;
  for (const auto& text : texts) out.push_back({text, {}});
  return out;
}

bool matches(const std::string& pattern, const std::string& name) {
  INFO(pattern << " and " << name);
  return Pattern(pattern).matches(name);
}

}  // namespace

TEST_CASE("pattern: a star stays within a segment, two stars do not", "[trigger]") {
  CHECK(matches("feature/*", "feature/my-branch"));
  CHECK_FALSE(matches("feature/*", "feature/beta/my-branch"));
  CHECK(matches("feature/**", "feature/beta-a/my-branch"));
  CHECK_FALSE(matches("feature/**", "feature"));
  CHECK(matches("*", "main"));
  CHECK_FALSE(matches("*", "a/b"));
  CHECK(matches("**", "a/b/c"));
  CHECK(matches("**", ""));
  CHECK(matches("v2*", "v2"));
  CHECK(matches("*feature", "mona-feature"));
}

TEST_CASE("pattern: two stars and a slash stand for any folders, or none", "[trigger]") {
  CHECK(matches("**/docs/**", "docs/hello.md"));
  CHECK(matches("**/docs/**", "dir/docs/my-file.txt"));
  CHECK_FALSE(matches("**/docs/**", "mydocs/hello.md"));
  CHECK(matches("docs/**/*.md", "docs/README.md"));
  CHECK(matches("docs/**/*.md", "docs/a/markdown/file.md"));
  CHECK(matches("**/README.md", "README.md"));
  CHECK(matches("**/*src/**", "my-src/code/js/app.js"));
  CHECK(matches("**/*-post.md", "my-post.md"));
  CHECK_FALSE(matches("**/a", "/a"));
}

TEST_CASE("pattern: question mark and plus repeat what stands before them", "[trigger]") {
  CHECK(matches("*.jsx?", "page.js"));
  CHECK(matches("*.jsx?", "page.jsx"));
  CHECK_FALSE(matches("*.jsx?", "page.jsxx"));
  CHECK(matches("v[0-9]+.[0-9]+", "v10.2"));
  CHECK_FALSE(matches("v[0-9]+", "v"));
  CHECK(matches("a+b", "aaab"));
  CHECK_FALSE(matches("a+b", "b"));
  CHECK(matches("[ab]?c", "c"));
}

TEST_CASE("pattern: brackets take one character of a choice or a range", "[trigger]") {
  CHECK(matches("[CB]at", "Cat"));
  CHECK_FALSE(matches("[CB]at", "cat"));
  CHECK(matches("[1-2]00", "200"));
  CHECK(matches("[a-]x", "-x"));
  CHECK(matches("[äö]", "ö"));
}

TEST_CASE("pattern: a backslash takes the meaning away", "[trigger]") {
  CHECK(matches("\\!file", "!file"));
  CHECK(matches("a\\*", "a*"));
  CHECK_FALSE(matches("a\\*", "ab"));
  CHECK(matches("x\\\\y", "x\\y"));
  CHECK_FALSE(matches(".yml", "fyml"));
}

TEST_CASE("pattern: a tag with slashes needs two stars", "[trigger]") {
  const std::string tag = "services/go/api-golang@1.0.9";
  CHECK_FALSE(matches("*@[0-9]+.[0-9]+.[0-9]+", tag));
  CHECK(matches("*@[0-9]+.[0-9]+.[0-9]+", "api-golang@1.0.9"));
  CHECK(matches("**@[0-9]+.[0-9]+.[0-9]+", tag));
}

TEST_CASE("pattern: stars can be made to cross slashes", "[trigger]") {
  CHECK(crossing_slashes("*@[0-9]+.*") == "**@[0-9]+.**");
  CHECK(crossing_slashes("a/**/b*") == "a/**/b**");
  CHECK(crossing_slashes("a\\*b") == "a\\*b");
  // What the cure loses: between the star and the slash there must be something.
  CHECK(Pattern("a*/b").matches("a/b"));
  CHECK_FALSE(Pattern(crossing_slashes("a*/b")).matches("a/b"));
}

TEST_CASE("pattern: the last match decides", "[trigger]") {
  const auto list = patterns({"*.md", "!README.md", "README*"});
  CHECK(PatternList(list).includes("hello.md"));
  CHECK(PatternList(list).includes("README.md"));
  CHECK(PatternList(patterns({"releases/**", "!releases/**-alpha"})).includes("releases/10"));
  CHECK_FALSE(
      PatternList(patterns({"releases/**", "!releases/**-alpha"})).includes("releases/10-alpha"));
  CHECK_FALSE(PatternList(patterns({"!main"})).includes("dev"));
}

TEST_CASE(
    "pattern: a filter runs for any name, an ignore filter for any that is not ignored",
    "[trigger]") {
  const auto docs = patterns({"docs/**"});
  CHECK(filter_runs(docs, {"src/a", "docs/b"}));
  CHECK_FALSE(filter_runs(docs, {"src/a"}));
  CHECK(filter_runs(docs, {}));
  CHECK(ignore_filter_runs(docs, {"src/a", "docs/b"}));
  CHECK_FALSE(ignore_filter_runs(docs, {"docs/a", "docs/b"}));
  CHECK(ignore_filter_runs(docs, {}));
}

TEST_CASE(
    "pattern: a hostile pattern takes no longer than its length times the name's", "[trigger]") {
  std::string stars;
  for (int i = 0; i < 200; ++i) stars += "**a*";
  const Pattern pattern(stars + "z");
  CHECK_FALSE(pattern.matches(std::string(5'000, 'a')));
}

TEST_CASE("pattern: mistakes are found at their place", "[trigger]") {
  struct Case {
    std::string text;
    PatternKind kind;
    int column;  // of the only problem; 0: nothing is wrong
  };
  const auto c = GENERATE(
      Case{"v[12].[0-9]+", PatternKind::ref, 0},
      Case{"a!?", PatternKind::ref, 0},
      Case{"\\+", PatternKind::ref, 0},
      Case{"foo bar", PatternKind::path, 0},
      Case{"!", PatternKind::ref, 1},
      Case{"?", PatternKind::path, 1},
      Case{"*?", PatternKind::path, 2},
      Case{"a++", PatternKind::ref, 3},
      Case{"[]", PatternKind::ref, 2},
      Case{"[a-c", PatternKind::path, 4},
      Case{"[0-]", PatternKind::ref, 4},
      Case{"[b-a]", PatternKind::path, 4},
      Case{"[x]", PatternKind::path, 3},
      Case{"foo.", PatternKind::ref, 4},
      Case{"foo bar", PatternKind::ref, 4},
      Case{"/foo", PatternKind::ref, 1},
      Case{"./foo", PatternKind::path, 1},
      Case{" foo", PatternKind::path, 1},
      Case{"a\\d", PatternKind::ref, 2},
      Case{"", PatternKind::ref, 0 + 0});
  INFO(c.text);
  const auto problems = check_pattern(c.text, c.kind);
  if (c.text.empty()) {
    CHECK(problems.size() == 1);
  } else if (c.column == 0) {
    CHECK(problems.empty());
  } else {
    REQUIRE(problems.size() == 1);
    CHECK(problems.front().column == c.column);
  }
}

TEST_CASE("pattern: one reading finds every mistake", "[trigger]") {
  CHECK(check_pattern("+?[][a-]*+\n[b", PatternKind::path).size() == 7);
  CHECK(check_pattern(" \t~^:", PatternKind::ref).size() == 5);
  CHECK(check_pattern("docs/**", PatternKind::path).empty());
  CHECK_FALSE(check_pattern("[a", PatternKind::path).empty());
}

TEST_CASE("pattern: bytes that are no UTF-8 are characters of their own", "[trigger]") {
  CHECK(Pattern("a?b*\xC3z").matches("bcd\xC3z"));
  CHECK(Pattern("\xC3[z]").matches("\xC3z"));
  CHECK(Pattern("\xC3\xA4+").matches("\xC3\xA4\xC3\xA4"));
  CHECK_FALSE(Pattern("\xC3\xA4+").matches("\xC3\xA4\xC3"));
  CHECK(Pattern("*").matches("\xFF\xFE"));
}

TEST_CASE("pattern: letters that may be missing are not asked for", "[trigger]") {
  CHECK(Pattern("colou?r").matches("color"));
  CHECK(Pattern("x**/y").matches("xy"));
  CHECK(Pattern("[abc]d").matches("bd"));
  CHECK(Pattern("\\*x").matches("*x"));
  CHECK_FALSE(Pattern("**/docs/**").matches("source/dog"));
}
