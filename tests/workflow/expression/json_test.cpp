#include "workflow/expression/json.hpp"

#include <cmath>
#include <string>

#include "tests/catch.hpp"

using namespace crun::workflow;
using Catch::Matchers::ContainsSubstring;

namespace {

std::string compact(const std::string& text) {
  return to_compact_json(from_json(text));
}

std::string error_of(const std::string& text) {
  try {
    from_json(text);
  } catch (const JsonError& error) {
    return error.what();
  }
  return "no error";
}

}  // namespace

TEST_CASE("json: printed like toJSON", "[expression]") {
  const auto value = from_json(R"({"a":[1,2.50,true,null,"x"],"b":{},"c":[],"d":{"e":1e20}})");
  CHECK(
      to_json(value) ==
      "{\n  \"a\": [\n    1,\n    2.5,\n    true,\n    null,\n    \"x\"\n  ],\n  \"b\": {},\n"
      "  \"c\": [],\n  \"d\": {\n    \"e\": 1E+20\n  }\n}");
}

TEST_CASE("json: texts are escaped as Newtonsoft does it", "[expression]") {
  CHECK(
      to_json("\"\\/\b\f\n\r\t\x01\x1f\x7f ä😀") ==
      "\"\\\"\\\\/\\b\\f\\n\\r\\t\\u0001\\u001f\x7f ä😀\"");
  CHECK(to_json("\u0085\u2028\u2029") == R"("\u0085\u2028\u2029")");
  CHECK(to_json("\xC2") == "\"\xC2\"");
}

TEST_CASE("json: compact for files, with all digits", "[expression]") {
  CHECK(compact("{ \"a\" : [ 1 , 2 ] }") == R"({"a":[1,2]})");
  CHECK(to_compact_json(12345678901234567.0) == "12345678901234568");
  CHECK(to_compact_json(0.1) == "0.1");
  CHECK(to_compact_json(1.0) == "1");
  CHECK(to_compact_json(-0.0) == "0");
  CHECK(to_compact_json(std::nan("")) == "null");
}

TEST_CASE("json: a limit stops the printing", "[expression]") {
  const Value value(Array(1000, Value("0123456789")));
  CHECK_THROWS_AS(to_json(value, 5000), JsonError);
  CHECK_NOTHROW(to_json(value, 50'000));
}

TEST_CASE("json: read leniently", "[expression]") {
  CHECK(
      compact("// c\n{a: 'x', $b_1: \"y\", /* c */ 'c': [1, 2,], }") ==
      R"({"a":"x","$b_1":"y","c":[1,2]})");
  CHECK(compact("[0x10, 010, .5, 1., -3, 1e3, 1E+2]") == "[16,8,0.5,1,-3,1000,100]");
  CHECK(compact("[1,,2]") == R"([1,"",2])");
  CHECK(from_json("NaN").to_string() == "NaN");
  CHECK(from_json("-Infinity").to_string() == "-Infinity");
  CHECK(from_json("1e999").to_string() == "Infinity");
  CHECK(compact("{} trailing") == "{}");
  CHECK(compact("\xEF\xBB\xBF[]") == "[]");
  CHECK(compact("\"a\nb\"") == R"("a\nb")");
}

TEST_CASE("json: escapes and surrogate pairs are read", "[expression]") {
  CHECK(from_json(R"("\"\\\/\b\f\n\r\t\u00e4\ud83d\ude00")").string() == "\"\\/\b\f\n\r\tä😀");
  CHECK(from_json(R"("\ud83dx")").string() == "\uFFFDx");
  CHECK(
      from_json(R"("\ude00\ud83d\u0041")").string() ==
      "\uFFFD\uFFFD"
      "A");
}

TEST_CASE("json: of equal names the first spelling and the last value stay", "[expression]") {
  CHECK(compact(R"({"a":1,"b":2,"A":3})") == R"({"a":3,"b":2})");
}

TEST_CASE("json: errors tell the place and not the text", "[expression]") {
  CHECK(error_of("") == "unexpected end of the text at line 1, column 1");
  CHECK(error_of("{\n  \"a\": s3cret\n}") == "unexpected character at line 2, column 8");
  for (const char* text :
       {"test",  "{",       "[",         "[1", "{\"a\"", "{\"a\":", "{\"a\":1", "\"a",   "'a",
        "tru",   "truex",   "1x",        "+1", "08",     "-",       "[1 2]",    "{a 1}", "{,}",
        "{1:2,", "\"\\q\"", "\"\\u12\"", "/*", "/",      "]",       "nul",      "0x"}) {
    INFO(text);
    CHECK(error_of(text) != "no error");
  }
}

TEST_CASE("json: depth is limited, and a hundred thousand brackets are no danger", "[expression]") {
  CHECK_NOTHROW(from_json(std::string(64, '[') + std::string(64, ']')));
  CHECK_THAT(error_of(std::string(65, '[') + std::string(65, ']')), ContainsSubstring("64 levels"));
  CHECK_THAT(error_of(std::string(100'000, '[')), ContainsSubstring("64 levels"));
  CHECK_THAT(error_of(std::string(100'000, '{')), ContainsSubstring("unexpected"));
}
