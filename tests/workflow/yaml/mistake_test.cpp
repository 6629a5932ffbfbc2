// Why a text is no YAML: each mistake is told where it is made, with its cure.
#include "workflow/yaml/mistake.hpp"

#include <string>

#include "tests/catch.hpp"
#include "tests/workflow/yaml/reading.hpp"

using namespace crun::workflow;
using Catch::Matchers::ContainsSubstring;

namespace {

std::string help_of(std::string text) {
  const Reading reading(std::move(text));
  return reading.diagnostics.all().empty() ? "" : reading.diagnostics.all().front().help;
}

}  // namespace

TEST_CASE("mistake: tabs as indentation", "[yaml]") {
  const std::string message = " Invalid YAML: a tab character cannot indent a line";
  CHECK(yaml_error("a:\n\tb: 1\n") == "2:1" + message);
  CHECK(yaml_error("jobs:\n  a:\n  \truns-on: x\n    steps: []\n") == "3:3" + message);
  CHECK(yaml_error("a:\n\t- b\n") == "2:1" + message);
  CHECK(yaml_error("\ta: 1\n") == "1:1" + message);
}

TEST_CASE("mistake: quotes that are not closed, or too early", "[yaml]") {
  CHECK(yaml_error("a: 1\nb: \"x\nc: 2\n") == "2:4 Invalid YAML: this quote is never closed");
  CHECK(yaml_error("b: 'it''s\nc: 2\n") == "1:4 Invalid YAML: this quote is never closed");
  CHECK(
      yaml_error("a: 'it's'\n") == "1:8 Invalid YAML: there is more text after the closing quote");
  CHECK(
      yaml_error("a: \"x\" y\n") == "1:8 Invalid YAML: there is more text after the closing quote");
  const Reading reading("a: 'x\nb: 'y'\n");
  REQUIRE(reading.diagnostics.all().size() == 1);
  REQUIRE(reading.diagnostics.all()[0].notes.size() == 1);
  CHECK(reading.diagnostics.all()[0].notes[0].span.begin == Position{1, 4});
}

TEST_CASE("mistake: brackets that are not closed, or not opened", "[yaml]") {
  CHECK(yaml_error("a: [1, 2\nb: 1\n") == "1:4 Invalid YAML: this '[' is never closed");
  CHECK(
      yaml_error("x: 1\na: {k: [1], l: 2\nb: 1\n") == "2:4 Invalid YAML: this '{' is never closed");
  CHECK(yaml_error("a: ]\n") == "1:4 Invalid YAML: ']' closes nothing");
  CHECK(yaml_error("a: [,b]\n") == "1:5 Invalid YAML: an item is missing before this comma");
}

TEST_CASE("mistake: indentation that is lost", "[yaml]") {
  const std::string message =
      " Invalid YAML: the indentation of this line fits none of the lines above";
  CHECK(yaml_error("a:\n  b: 1\n c: 2\n") == "3:2" + message);
  CHECK(yaml_error("a: 1\n b: 2\n") == "2:2" + message);
  CHECK(
      yaml_error("- a\nb: 1\n") ==
      "2:1 Invalid YAML: this is not part of what the file begins with");
}

TEST_CASE("mistake: colons too many, missing, or without a key", "[yaml]") {
  CHECK(yaml_error("run: echo a: b\n") == "1:12 Invalid YAML: a second ': ' in one line");
  CHECK(
      yaml_error("a: 1\nb\nc: 3\n") ==
      "2:1 Invalid YAML: this line is neither 'key: value' nor '- item'");
  CHECK(
      yaml_error("a: 1\nb\n") ==
      "2:1 Invalid YAML: this line is neither 'key: value' nor '- item'");
  CHECK(yaml_error("a:\n  : x\n") == "2:3 Invalid YAML: a key is missing before this colon");
  CHECK(yaml_error("a: - b\n") == "1:4 Invalid YAML: a list item ('- ') cannot stand here");
}

TEST_CASE("mistake: texts that must stand in quotes", "[yaml]") {
  CHECK(yaml_error("- *.js\n") == "1:3 Unknown anchor '.js'");
  CHECK_THAT(help_of("paths:\n  - **/*.js\n"), ContainsSubstring("'**/*.js'"));
  CHECK(yaml_error("a: @b\n") == "1:4 Invalid YAML: a text cannot begin with '@'");
  CHECK(yaml_error("a: %b\n") == "1:4 Invalid YAML: a text cannot begin with '%'");
  CHECK(yaml_error("a: `b`\n") == "1:4 Invalid YAML: a text cannot begin with '`'");
  CHECK(yaml_error("if: && b\n") == "1:5 Invalid YAML: a text cannot begin with '&&'");
  CHECK(yaml_error("a: \"\\q\"\n") == "1:5 Invalid YAML: unknown escape in a double-quoted text");
}

TEST_CASE("mistake: an expression that begins with ! is explained", "[yaml]") {
  CHECK(yaml_error("if: !cancelled()\n") == "1:5 Unexpected tag '!cancelled()'");
  CHECK_THAT(help_of("if: !cancelled()  # c\n"), ContainsSubstring("${{ !cancelled() }}"));
  CHECK_THAT(
      help_of("if: !contains(github.ref, 'x') && y\n"),
      ContainsSubstring("${{ !contains(github.ref, 'x') && y }}"));
}

TEST_CASE("mistake: anchors that are unknown or still open", "[yaml]") {
  CHECK(yaml_error("a: *b\n") == "1:4 Unknown anchor 'b'");
  CHECK(yaml_error("a: &a [1, *a]\n") == "1:11 An alias cannot stand within what it repeats");
}

TEST_CASE("mistake: a second document", "[yaml]") {
  CHECK(
      yaml_error("a: 1\n---\nb: 2\n") ==
      "2:1 Only one YAML document is allowed in a file; here begins a second one");
}

TEST_CASE("mistake: bytes that are no text", "[yaml]") {
  CHECK(yaml_error("a: \xff\n") == "1:4 Invalid YAML: this byte is no UTF-8");
  CHECK(yaml_error("ä: \xC3(\n") == "1:4 Invalid YAML: this byte is no UTF-8");
  CHECK(
      yaml_error(std::string("a: \0b\n", 6)) ==
      "1:4 Invalid YAML: the control character U+0000 is not allowed");
  CHECK(yaml_error("a: \x04\n") == "1:4 Invalid YAML: the control character U+0004 is not allowed");
  CHECK(
      yaml_error("\xFF\xFE"
                 "a") == "1:1 This file is UTF-16");
}
