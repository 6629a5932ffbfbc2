#include "executor/builtin/javascript_regex.hpp"

#include "tests/catch.hpp"

using crun::executor::builtin::JavaScriptRegex;
using crun::executor::builtin::RegexError;

namespace {

using Groups = std::vector<std::optional<std::string>>;

std::string message(std::string_view pattern, std::string_view flags = {}) {
  try {
    const JavaScriptRegex regex(pattern, flags);
    return "";
  } catch (const RegexError& error) {
    return error.what();
  }
}

}  // namespace

TEST_CASE("javascript regex: a match has its groups, absent ones too", "[builtin]") {
  CHECK(JavaScriptRegex("v(\\d+)(x)?").match("av12") == Groups{"v12", "12", std::nullopt});
  CHECK_FALSE(JavaScriptRegex("^a$").match("b"));
  CHECK(JavaScriptRegex("a|b", "g").match("cabc") == Groups{"a", "b"});
  CHECK(JavaScriptRegex("V", "i").test("v"));
}

TEST_CASE("javascript regex: what only PCRE2 knows is text", "[builtin]") {
  CHECK(JavaScriptRegex("\\A").test("A"));
  CHECK_FALSE(JavaScriptRegex("\\A").test("b"));
  CHECK(JavaScriptRegex("^\\Q.\\E$").test("QxE"));
  CHECK(JavaScriptRegex("[[:alpha:]]").test(":]"));
  CHECK(JavaScriptRegex("^a{,2}$").test("a{,2}"));
  CHECK(JavaScriptRegex("^[^]$").test("\n"));
}

TEST_CASE("javascript regex: a dollar is the very end, a dot no line break", "[builtin]") {
  CHECK_FALSE(JavaScriptRegex("a$").test("a\n"));
  CHECK(JavaScriptRegex("a$", "m").test("a\n"));
  CHECK_FALSE(JavaScriptRegex("a.b").test("a\nb"));
  CHECK_FALSE(JavaScriptRegex("a.b").test("a\rb"));
  CHECK(JavaScriptRegex("^.$").test("ü"));
}

TEST_CASE("javascript regex: mistakes are told in V8's words", "[builtin]") {
  CHECK(message("^v(\\d{1") == "Invalid regular expression: /^v(\\d{1/: Unterminated group");
  CHECK(message("a)") == "Invalid regular expression: /a)/: Unmatched ')'");
  CHECK(message("*a") == "Invalid regular expression: /*a/: Nothing to repeat");
  CHECK(message("a++") == "Invalid regular expression: /a++/: Nothing to repeat");
  CHECK(message("[a") == "Invalid regular expression: /[a/: Unterminated character class");
  CHECK(
      message("[b-a]") ==
      "Invalid regular expression: /[b-a]/: Range out of order in character class");
  CHECK(message("a\\") == "Invalid regular expression: /a\\/: \\ at end of pattern");
  CHECK(message("(?i)a", "g") == "Invalid regular expression: /(?i)a/g: Invalid group");
  CHECK(message("a", "gg") == "Invalid flags supplied to RegExp constructor 'gg'");
  CHECK(message("a", "q") == "Invalid flags supplied to RegExp constructor 'q'");
}

TEST_CASE("javascript regex: endless backtracking is given up", "[builtin]") {
  const JavaScriptRegex regex("^(a+)+$");
  CHECK_THROWS_AS(regex.test(std::string(200, 'a') + "b"), RegexError);
}
