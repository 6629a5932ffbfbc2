// The rules of include and exclude, names of legs, and the limits.
#include "workflow/plan/matrix.hpp"

#include <string>
#include <vector>

#include "tests/catch.hpp"
#include "workflow/expression/json.hpp"

using namespace crun::workflow;
using Catch::Matchers::ContainsSubstring;

namespace {

std::vector<MatrixLeg> legs(const std::string& json) {
  return expand_matrix(from_json(json));
}

// The legs as one JSON text each: order of keys counts.
std::vector<std::string> expanded(const std::string& json) {
  std::vector<std::string> out;
  for (const auto& leg : legs(json)) out.push_back(to_compact_json(leg.matrix));
  return out;
}

std::vector<std::string> names(const std::string& json) {
  std::vector<std::string> out;
  for (const auto& leg : legs(json)) out.push_back(leg_name("job", leg));
  return out;
}

std::string refusal(const std::string& json) {
  try {
    legs(json);
  } catch (const MatrixError& error) {
    return error.what();
  }
  return "no error";
}

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("matrix: the first vector varies slowest", "[plan]") {
  CHECK(
      expanded(R"({"os": ["linux", "mac"], "node": [18, 20]})") ==
      Texts{
          R"({"os":"linux","node":18})",
          R"({"os":"linux","node":20})",
          R"({"os":"mac","node":18})",
          R"({"os":"mac","node":20})"});
}

TEST_CASE("matrix: exclude compares as expressions do and by part", "[plan]") {
  CHECK(
      expanded(R"({"os": ["linux", "mac"], "node": ["18", 20],
                   "exclude": [{"OS": "LINUX", "node": 18}, {"node": 20}]})") ==
      Texts{R"({"os":"mac","node":"18"})"});
  CHECK(expanded(R"({"v": [{"node": 1, "npm": 6}, {"node": 2, "npm": 6}],
                   "exclude": [{"v": {"node": 2}}]})") == Texts{R"({"v":{"node":1,"npm":6}})"});
}

TEST_CASE("matrix: include extends what it does not contradict, in order", "[plan]") {
  CHECK(
      expanded(R"({"fruit": ["apple", "pear"], "animal": ["cat", "dog"], "include": [
          {"color": "green"}, {"color": "pink", "animal": "cat"},
          {"fruit": "apple", "shape": "circle"}, {"fruit": "banana"},
          {"fruit": "banana", "animal": "cat"}]})") ==
      Texts{
          R"({"fruit":"apple","animal":"cat","color":"pink","shape":"circle"})",
          R"({"fruit":"apple","animal":"dog","color":"green","shape":"circle"})",
          R"({"fruit":"pear","animal":"cat","color":"pink"})",
          R"({"fruit":"pear","animal":"dog","color":"green"})",
          R"({"fruit":"banana"})",
          R"({"fruit":"banana","animal":"cat"})"});
}

TEST_CASE("matrix: an include that hits only what is excluded makes it anew", "[plan]") {
  CHECK(
      expanded(
          R"({"os": ["a", "b"], "exclude": [{"os": "a"}], "include": [{"os": "a", "x": 1}]})") ==
      Texts{R"({"os":"b"})", R"({"os":"a","x":1})"});
}

TEST_CASE("matrix: without vectors each include is a leg", "[plan]") {
  CHECK(
      expanded(R"({"include": [{"site": "prod", "dc": "a"}, {"site": "dev"}]})") ==
      Texts{R"({"site":"prod","dc":"a"})", R"({"site":"dev"})"});
}

TEST_CASE("matrix: everything excluded is no leg, not an error", "[plan]") {
  CHECK(legs(R"({"os": ["a"], "exclude": [{"os": "a"}]})").empty());
}

TEST_CASE("matrix: names have the values of the product, not what includes add", "[plan]") {
  CHECK(
      names(R"({"os": ["linux"], "v": [{"node": 1.5, "flags": [true, ""]}, null],
               "include": [{"extra": "no"}, {"os": "mac", "extra": "yes"}]})") ==
      Texts{"job (linux, 1.5, true)", "job (linux)", "job (mac, yes)"});
  CHECK(names(R"({"service": ["services/go/api"]})") == Texts{"job (services/go/api)"});
}

TEST_CASE("matrix: a long name is cut to 100 characters", "[plan]") {
  const auto long_value = std::string(200, 'x');
  const auto name = names("{\"a\": [\"" + long_value + "\"]}").at(0);
  CHECK(name == "job (" + std::string(92, 'x') + "...");
  const auto fits = names("{\"a\": [\"" + std::string(94, 'x') + "\"]}").at(0);
  CHECK(fits == "job (" + std::string(94, 'x') + ")");
  std::string wide;
  for (int i = 0; i < 100; ++i) wide += "é";
  CHECK(names("{\"a\": [\"" + wide + "\"]}").at(0).size() == 5 + 2 * 92 + 3);
}

TEST_CASE("matrix: errors are in GitHub's words", "[plan]") {
  CHECK(refusal(R"({"service": []})") == "Matrix vector 'service' does not contain any values");
  CHECK(refusal(R"({})") == "Matrix must define at least one vector");
  CHECK(refusal(R"({"include": []})") == "Matrix must define at least one vector");
  CHECK(refusal(R"({"a": [1], "exclude": [{}]})") == "Matrix exclude filter must not be empty");
  CHECK(
      refusal(R"({"a": [1], "exclude": [{"b": 1}]})") ==
      "Matrix exclude key 'b' does not match any key within the matrix");
  CHECK(
      refusal(R"({"a": [1], "include": [{}]})") ==
      "Matrix include mapping does not contain any values");
  CHECK_THAT(refusal(R"({"a": "x"})"), ContainsSubstring("'StringToken'"));
  CHECK_THAT(refusal(R"("x")"), ContainsSubstring("reading 'matrix'"));
}

TEST_CASE("matrix: 256 legs are the most, told before they are made", "[plan]") {
  std::string sixteen = "[0";
  for (int i = 1; i < 16; ++i) sixteen += "," + std::to_string(i);
  sixteen += "]";
  CHECK(legs("{\"a\":" + sixteen + ",\"b\":" + sixteen + "}").size() == 256);
  CHECK_THAT(
      refusal("{\"a\":" + sixteen + ",\"b\":" + sixteen + ",\"include\":[{\"a\":99}]}"),
      ContainsSubstring("exceeded 256"));
  std::string huge = "{";
  for (char key = 'a'; key < 'a' + 20; ++key)
    huge += std::string("\"") + key + "\":" + sixteen + ",";
  huge.back() = '}';
  CHECK_THAT(refusal(huge), ContainsSubstring("exceeded 256"));
}

TEST_CASE("matrix: exclude compares as expressions do, also within values", "[plan]") {
  CHECK(legs(R"({"a": ["X", "y"], "b": [1, 2], "exclude": [{"A": "x", "b": "1"}]})").size() == 3);
  CHECK(legs(R"({"a": [{"n": 1, "m": 2}, {"n": 2}], "exclude": [{"a": {"n": 1}}]})").size() == 1);
  CHECK(legs(R"({"a": [{"n": 1}, {"m": 2}], "exclude": [{"a": {"n": null}}]})").size() == 1);
  CHECK(legs(R"({"a": [[1, 2], [1, 3]], "exclude": [{"a": [1, 3]}]})").size() == 1);
  CHECK(legs(R"({"a": [1, 2], "exclude": [{"a": 3}]})").size() == 2);
}

TEST_CASE("matrix: what exclude may cost is limited", "[plan]") {
  std::string numbers = "[0";
  std::string all_but_one;
  for (int i = 1; i < 300; ++i) {
    numbers += "," + std::to_string(i);
    all_but_one += "{\"a\":" + std::to_string(i) + "},";
  }
  const auto matrix = [&](const std::string& exclude) {
    return R"({"c":[1],"a":)" + numbers + R"(],"b":)" + numbers + R"(],"exclude":[)" + exclude +
           "]}";
  };
  CHECK_THAT(refusal(matrix(all_but_one + R"({"b": 1})")), ContainsSubstring("exceeded 256"));
  std::string more;
  for (int i = 1; i < 50; ++i) more += "{\"b\":" + std::to_string(i) + "},";
  CHECK(legs(matrix(all_but_one + more + R"({"b": 99})")).size() == 250);
  // Two keys each: every combination would be looked at by hundreds of filters.
  std::string pairs;
  for (int i = 0; i < 300; ++i) pairs += "{\"b\":" + std::to_string(i) + ",\"c\":1},";
  CHECK(legs(matrix(pairs + R"({"a": 0})")).empty());
  std::string useless;
  for (int i = 0; i < 300; ++i) useless += R"({"a":0,"b":299},)";
  CHECK_THAT(refusal(matrix(useless + pairs + R"({"a": 0})")), ContainsSubstring("exceeded 256"));
}
