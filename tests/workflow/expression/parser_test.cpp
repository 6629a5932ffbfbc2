// What is an expression and what is not, with GitHub's messages. Values are evaluator_test's.
#include <string>

#include "tests/catch.hpp"
#include "workflow/expression/expression.hpp"

using namespace crun::workflow;
using Catch::Matchers::ContainsSubstring;

namespace {

const ExpressionNames names{{"github", "env"}, {{"always", 0, 0}, {"hashFiles", 1, 255}}};

std::string error_of(const std::string& text) {
  try {
    Expression::parse(text, names);
  } catch (const ExpressionError& error) {
    const std::string what = error.what();
    const auto end = what.find(" within expression");
    const bool lexing = error.stage() == ExpressionError::Stage::lexing;
    return (lexing ? "lexing: " : "") + what.substr(0, end);
  }
  return "no error";
}

}  // namespace

TEST_CASE("parser: names, functions and the spaces between them", "[expression]") {
  for (const char* text :
       {"",
        "  ",
        "github",
        "GitHub . Ref",
        "github['ref']",
        "github [ 'ref' ]",
        "always()",
        "ALWAYS ( )",
        "github.event.commits[0].id",
        "github.*.x[*]",
        "(github).ref",
        "fromJSON('{}').a",
        "!true",
        "!!0",
        "1 < 2 == true",
        "github.a-b_c",
        "github.null",
        "'it''s'",
        "-1",
        "+.5",
        "hashFiles('a', 'b')",
        "env\n.\tX",
        "env\u00a0"}) {
    INFO(text);
    CHECK(error_of(text) == "no error");
  }
}

TEST_CASE("parser: what is no lexeme", "[expression]") {
  CHECK(error_of("\"x\"") == "lexing: Unexpected symbol: '\"x\"'. Located at position 1");
  CHECK(error_of("'open") == "lexing: Unexpected symbol: ''open'. Located at position 1");
  CHECK(error_of("1 = 1") == "lexing: Unexpected symbol: '='. Located at position 3");
  CHECK(error_of("true & false") == "lexing: Unexpected symbol: '&'. Located at position 6");
  CHECK(error_of("1_000") == "lexing: Unexpected symbol: '1_000'. Located at position 1");
  CHECK(error_of("-0xFF") == "lexing: Unexpected symbol: '-0xFF'. Located at position 1");
  CHECK(error_of("github.a$b") == "lexing: Unexpected symbol: 'a$b'. Located at position 8");
  CHECK(error_of("1 + 2") == "lexing: Unexpected symbol: '+'. Located at position 3");
}

TEST_CASE("parser: lexemes where they may not stand", "[expression]") {
  CHECK(error_of("1 2") == "Unexpected symbol: '2'. Located at position 3");
  CHECK(error_of("github 'x'") == "Unexpected symbol: ''x''. Located at position 8");
  CHECK(error_of("== 1") == "Unexpected symbol: '=='. Located at position 1");
  CHECK(error_of("'x'.y") == "Unexpected symbol: '.'. Located at position 4");
  CHECK(error_of("github.1") == "Unexpected symbol: '1'. Located at position 8");
  CHECK(error_of("1, 2") == "Unexpected symbol: ','. Located at position 2");
  CHECK(error_of("(1, 2)") == "Unexpected symbol: ','. Located at position 3");
  CHECK(error_of("github[1, 2]") == "Unexpected symbol: ','. Located at position 9");
  CHECK(error_of("(1]") == "Unexpected symbol: ']'. Located at position 3");
  CHECK(error_of("1)") == "Unexpected symbol: ')'. Located at position 2");
  CHECK(error_of("*") == "Unexpected symbol: '*'. Located at position 1");
  CHECK(error_of("format('x',)") == "Unexpected symbol: ')'. Located at position 12");
  CHECK(error_of("()") == "Unexpected symbol: ')'. Located at position 2");
}

TEST_CASE("parser: expressions that end too early", "[expression]") {
  CHECK(error_of("1 ==") == "Unexpected end of expression: '=='. Located at position 3");
  CHECK(error_of("(1") == "Unexpected end of expression: '1'. Located at position 2");
  CHECK(error_of("github.") == "Unexpected end of expression: '.'. Located at position 7");
  CHECK(error_of("github[0") == "Unexpected end of expression: '0'. Located at position 8");
  CHECK(error_of("always(") == "Unexpected end of expression: '('. Located at position 7");
  CHECK(error_of("!") == "Unexpected end of expression: '!'. Located at position 1");
}

TEST_CASE("parser: unknown names are errors even where nothing is evaluated", "[expression]") {
  CHECK(
      error_of("false && secrets.x") ==
      "Unrecognized named-value: 'secrets'. Located at position 10");
  CHECK(error_of("true || nope()") == "Unrecognized function: 'nope'. Located at position 9");
  CHECK(error_of("True") == "Unrecognized named-value: 'True'. Located at position 1");
  CHECK(error_of("github()") == "Unrecognized function: 'github'. Located at position 1");
}

TEST_CASE("parser: the number of arguments is checked", "[expression]") {
  CHECK(
      error_of("contains('a')") ==
      "Too few parameters supplied: 'contains'. Located at position 1");
  CHECK(
      error_of("1 == always(1)") ==
      "Too many parameters supplied: 'always'. Located at position 6");
  CHECK(
      error_of("hashFiles()") == "Too few parameters supplied: 'hashFiles'. Located at position 1");
  CHECK_THAT(
      error_of("case(true, 1, false, 2)"), ContainsSubstring("Even number of parameters supplied"));
}

TEST_CASE("parser: positions count UTF-16 code units over all lines", "[expression]") {
  CHECK(error_of("'ä😀' == x") == "Unrecognized named-value: 'x'. Located at position 10");
  CHECK(error_of("true\n&& x") == "Unrecognized named-value: 'x'. Located at position 9");
}

TEST_CASE("parser: length and depth are limited, brackets alone are not depth", "[expression]") {
  const auto repeat = [](std::string_view part, int times) {
    std::string text;
    while (times-- > 0) text += part;
    return text;
  };
  CHECK(error_of(std::string(20'996, ' ') + "true") == "no error");
  CHECK(error_of(std::string(20'997, ' ') + "true") == "Exceeded max expression length 21000");
  CHECK(error_of(repeat("(", 10'000) + "1" + repeat(")", 10'000)) == "no error");
  CHECK(error_of(repeat("!", 49) + "1") == "no error");
  CHECK(error_of(repeat("!", 50) + "1") == "Exceeded max expression depth 50");
  CHECK(error_of(repeat("!", 20'000) + "1") == "Exceeded max expression depth 50");
  CHECK(error_of("1" + repeat(" && 1", 4000)) == "no error");
  CHECK(error_of("1" + repeat(" == 1", 100)) == "Exceeded max expression depth 50");
  CHECK(
      error_of(repeat("(", 20'000)) ==
      "Unexpected end of expression: '('. Located at position 20000");
}
