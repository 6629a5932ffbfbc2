#include <string>

#include "tests/catch.hpp"
#include "tests/workflow/expression/evaluation.hpp"

using namespace crun::workflow;
using Catch::Matchers::ContainsSubstring;

TEST_CASE("evaluator: && and || give the operand that decides", "[expression]") {
  const Setting setting;
  CHECK(setting.json("true && '' || 'y'") == "\"y\"");
  CHECK(setting.json("0 || null") == "null");
  CHECK(setting.json("'' && 1") == "\"\"");
  CHECK(setting.json("1 && 2 && 3") == "3");
  CHECK(setting.json("false || 0 || ''") == "\"\"");
  CHECK(setting.json("true || false && false") == "true");
}

TEST_CASE("evaluator: what is not needed is not evaluated", "[expression]") {
  Setting setting;
  int calls = 0;
  setting.names.functions.push_back({"touch", 0, 1});
  setting.scope.functions["touch"] = [&](const std::vector<Value>& arguments) {
    ++calls;
    return arguments.empty() ? Value(true) : arguments[0];
  };
  CHECK(setting.json("false && touch()") == "false");
  CHECK(setting.json("1 || touch()") == "1");
  CHECK(setting.json("case(true, 1, touch(), touch(), touch())") == "1");
  CHECK(setting.json("format('x', touch())") == "\"x\"");
  CHECK(setting.json("join(fromJSON('[1]'), touch())") == "\"1\"");
  CHECK(setting.json("startsWith(fromJSON('[]'), touch())") == "false");
  CHECK(setting.json("contains(fromJSON('[]'), touch())") == "false");
  CHECK(calls == 0);
  CHECK(setting.json("format('{0}{0}', touch('a'))") == "\"aa\"");
  CHECK(calls == 1);
  CHECK(setting.json("TOUCH()") == "true");
}

TEST_CASE("evaluator: operators bind as in GitHub and associate to the left", "[expression]") {
  const Setting setting;
  CHECK(setting.json("1 < 2 < 3") == "true");
  CHECK(setting.json("3 > 2 > 1") == "false");
  CHECK(setting.json("!false == true") == "true");
  CHECK(setting.json("!(false == true)") == "true");
  CHECK(setting.json("1 == 1 != 0") == "true");
  CHECK(setting.json("2 >= 2 && 2 <= 2 && !(2 > 2) && !(2 < 2)") == "true");
  CHECK(setting.json("NaN >= NaN || NaN <= 1 || null >= fromJSON('[]')") == "false");
}

TEST_CASE("evaluator: members and items; what is not there is null", "[expression]") {
  const Setting setting(
      R"({a:{B:{'c-d':5}, '1.5':'x', true:'yes', null:'n', '':'empty'}, l:['x','y',['z']]})");
  CHECK(setting.json("A.b.C-D") == "5");
  CHECK(setting.json("a['b']['c-d']") == "5");
  CHECK(setting.json("a[1.5]") == "\"x\"");
  CHECK(setting.json("a[true]") == "\"yes\"");
  CHECK(setting.json("a[null]") == "\"empty\"");
  CHECK(setting.json("l[1.9]") == "\"y\"");
  CHECK(setting.json("l['1']") == "\"y\"");
  CHECK(setting.json("l[true]") == "\"y\"");
  CHECK(setting.json("l[2][0]") == "\"z\"");
  for (const char* text :
       {"l[-1]",
        "l[3]",
        "l[NaN]",
        "l['x']",
        "l.x",
        "a.x.y.z",
        "l[0].length",
        "a[l]",
        "l[99999999999]"}) {
    INFO(text);
    CHECK(setting.json(text) == "null");
  }
}

TEST_CASE("evaluator: a context that has no value is null", "[expression]") {
  Setting setting;
  setting.names.contexts.push_back("needs");
  CHECK(setting.json("needs.build.result") == "null");
  CHECK(setting.json("needs.*") == "[]");
}

TEST_CASE("evaluator: env tells spellings apart if its object does", "[expression]") {
  Setting setting;
  Object env(true);
  env.set("Path", "a");
  setting.names.contexts.push_back("env");
  setting.scope.contexts.set("env", env);
  CHECK(setting.json("ENV.Path") == "\"a\"");
  CHECK(setting.json("env.PATH") == "null");
}

TEST_CASE("evaluator: filters give arrays whose items take the next index", "[expression]") {
  const Setting setting(R"({o:{x:{n:1,l:[1,2]},y:{n:2},z:3}, l:[{n:1},{m:2},[7,8]]})");
  CHECK(setting.json("o.*.n") == "[1,2]");
  CHECK(setting.json("l[*].n") == "[1]");
  CHECK(setting.json("l.*[1]") == "[8]");
  CHECK(setting.json("o.*.l[0]") == "[1]");
  CHECK(setting.json("(o.*.n)[0]") == "[]");
  CHECK(setting.json("o.*.*") == "[1,[1,2],2]");
  CHECK(setting.json("(o.*.n || 1)[0]") == "[]");
  CHECK(setting.json("fromJSON(toJSON(o.*.n))[0]") == "1");
  CHECK(setting.json("o.z.*") == "[]");
  CHECK(setting.json("'x' == o.nothing.*") == "false");
}

TEST_CASE("evaluator: a value equals itself by whatever path", "[expression]") {
  const Setting setting("{a:{b:[1]}, c:{b:[1]}}");
  CHECK(setting.json("a.b == a['B']") == "true");
  CHECK(setting.json("a.b == c.b") == "false");
  CHECK(setting.json("a.* == a.*") == "false");
}

TEST_CASE("evaluator: memory is limited as GitHub counts it", "[expression]") {
  Setting setting;
  setting.names.contexts = {"big"};
  setting.scope.contexts.set("big", std::string(1'000'000, 'x'));
  CHECK(setting.evaluate("format('{0}', big)").string().size() == 1'000'000);
  const std::string message =
      "The maximum allowed memory size was exceeded while evaluating the following expression: ";
  for (const char* text :
       {"format('{0}{0}{0}{0}{0}{0}{0}{0}{0}{0}', big)",
        "join(fromJSON(format('[{0},{0},{0},{0},{0},{0}]', toJSON(big))))",
        "big == '1' || big == '2' || big == '3' || big == '4' || big == '5' || big == '6' || "
        "format('{0}{1}{2}{3}{4}{5}', big, big, big, big, big, big) == big"}) {
    INFO(text);
    CHECK_THAT(setting.error(text), ContainsSubstring(message));
  }
}

TEST_CASE("evaluator: parsed once, evaluated many times and in other scopes", "[expression]") {
  const Setting one("{a:'1'}");
  const Setting two("{a:'2'}");
  const auto expression = Expression::parse("format('<{0}>', a)", one.names);
  const Expression copy = expression;
  for (int count = 0; count < 3; ++count) {
    CHECK(evaluate(expression, one.scope).string() == "<1>");
    CHECK(evaluate(copy, two.scope).string() == "<2>");
  }
}

TEST_CASE("evaluator: the result outlives scope and expression", "[expression]") {
  Value result;
  {
    const Setting setting(R"({a:{b:['long enough to be no small string of any kind']}})");
    result = setting.evaluate("a.b");
  }
  CHECK(result.array()[0].string() == "long enough to be no small string of any kind");
}

TEST_CASE("evaluator: a function that the scope lacks is an error", "[expression]") {
  Setting setting;
  setting.names.functions.push_back({"success", 0, 0});
  CHECK(setting.error("success()") == "The function 'success' is not available here");
}
