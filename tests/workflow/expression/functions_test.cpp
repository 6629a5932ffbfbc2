#include <string>

#include "tests/catch.hpp"
#include "tests/workflow/expression/evaluation.hpp"

using namespace crun::workflow;

TEST_CASE("functions: contains looks into texts and arrays", "[expression]") {
  const Setting setting("{l:['A',1,null,[2]], o:{a:'x'}}");
  CHECK(setting.json("contains('Hello', 'ELL')") == "true");
  CHECK(setting.json("contains(l, 'a')") == "true");
  CHECK(setting.json("contains(l, '1')") == "true");
  CHECK(setting.json("contains(l, '')") == "true");
  CHECK(setting.json("contains(l, 2)") == "false");
  CHECK(setting.json("contains(o, 'x')") == "false");
  CHECK(setting.json("contains(o.*, 'X')") == "true");
  CHECK(setting.json("contains('a', l)") == "false");
  CHECK(setting.json("contains(123.5, '3.')") == "true");
  CHECK(setting.json("contains(null, '')") == "true");
}

TEST_CASE("functions: startsWith and endsWith", "[expression]") {
  const Setting setting("{l:[]}");
  CHECK(setting.json("startsWith('refs/tags/v1', 'REFS/')") == "true");
  CHECK(setting.json("endsWith('refs/tags/v1', '/V1')") == "true");
  CHECK(setting.json("startsWith(true, 'tr')") == "true");
  CHECK(setting.json("endsWith('abc', null)") == "true");
  CHECK(setting.json("startsWith(l, '')") == "false");
  CHECK(setting.json("endsWith('', l)") == "false");
}

TEST_CASE("functions: format fills in and unescapes", "[expression]") {
  const Setting setting;
  CHECK(setting.json("format('{0} {1} {0}', 'a', 1.50)") == "\"a 1.5 a\"");
  CHECK(setting.json("format('{{0}} {{{0}}}', 'a')") == "\"{0} {a}\"");
  CHECK(setting.json("format('{00}', 'a')") == "\"a\"");
  CHECK(setting.json("format('', 'a')") == "\"\"");
  CHECK(setting.json("format('{0}', fromJSON('[]'))") == "\"Array\"");
  CHECK(setting.json("format('{0}', null)") == "\"\"");
  CHECK(setting.json("format(1)") == "\"1\"");
}

TEST_CASE("functions: bad format strings say which they are", "[expression]") {
  const Setting setting;
  for (const std::string format :
       {"{",
        "}",
        "{0",
        "{0}}",
        "{}",
        "{ 0}",
        "{0 }",
        "{a}",
        "{-1}",
        "{256}",
        "{0:",
        "{0:a",
        "{0:}}"}) {
    CHECK(
        setting.error("format('" + format + "', 'x')") ==
        "The following format string is invalid: " + format);
  }
  CHECK(
      setting.error("format('{1}', 'x')") ==
      "The following format string references more arguments than were supplied: {1}");
  CHECK(
      setting.error("format('{0:x}', 5)") ==
      "The format specifiers 'x' are not valid for objects of type 'Number'");
  CHECK(setting.json("format('{0:}', 5)") == "\"5\"");
}

TEST_CASE("functions: join", "[expression]") {
  const Setting setting("{l:['a',1,null,[2],true], e:[], o:{a:1}}");
  CHECK(setting.json("join(l)") == "\"a,1,,Array,true\"");
  CHECK(setting.json("join(l, ' - ')") == "\"a - 1 -  - Array - true\"");
  CHECK(setting.json("join(l, o)") == "\"a,1,,Array,true\"");
  CHECK(setting.json("join(e, '-')") == "\"\"");
  CHECK(setting.json("join('x', '-')") == "\"x\"");
  CHECK(setting.json("join(o)") == "\"\"");
  CHECK(setting.json("join(o.*)") == "\"1\"");
}

TEST_CASE("functions: toJSON and fromJSON", "[expression]") {
  const Setting setting("{o:{b:[1,'x']}}");
  CHECK(setting.evaluate("toJSON(o)").string() == "{\n  \"b\": [\n    1,\n    \"x\"\n  ]\n}");
  CHECK(setting.json("fromJSON(toJSON(o)).b[1]") == "\"x\"");
  CHECK(setting.json("fromJSON('5')") == "5");
  CHECK(setting.json("fromJSON(5)") == "5");
  CHECK(
      setting.error("fromJSON('{a')") ==
      "Error parsing fromJson: unexpected end of the text at line 1, column 3");
  CHECK(
      setting.error("fromJSON(null)") ==
      "Error parsing fromJson: unexpected end of the text at line 1, column 1");
}

TEST_CASE("functions: case takes the first true condition", "[expression]") {
  const Setting setting;
  CHECK(setting.json("case(false, 1, true, 2, 3)") == "2");
  CHECK(setting.json("case(false, 1, 2)") == "2");
  CHECK(setting.json("case(1 == 1, 'a', fromJSON('x'))") == "\"a\"");
  CHECK(setting.error("case(1, 2, 3)") == "case predicate must evaluate to a boolean value");
}
