#include "executor/builtin/metadata/handlebars.hpp"

#include "tests/catch.hpp"
#include "tests/executor/builtin/recorded_rows.hpp"

using namespace crun::executor::builtin::handlebars;
using crun::tests::recorded_rows;

namespace {

Value calls(std::string text) {
  return Function([text](const Arguments&) -> Value { return text; });
}

/// Shows how it was called: D(YYYY,{"tz":"UTC"}).
Value date() {
  return Function([](const Arguments& arguments) -> Value {
    nlohmann::ordered_json hash = nlohmann::ordered_json::object();
    for (const auto& [name, value] : arguments.hash) hash[name] = value.text();
    const Value first = arguments.parameters.empty() ? Value() : arguments.parameters[0];
    return "D(" + first.text() + "," + hash.dump() + ")";
  });
}

/// The names that the recorded templates use.
Value context() {
  return Object{
      {"branch", calls("feat/a=b&c")},
      {"html", "<a href=\"x\">'&`=</a>"},
      {"tag", calls("")},
      {"sha", calls("860c190")},
      {"date", date()},
      {"nested", Object{{"x", 1}}},
      {"s", "plain"},
      {"list", List{"a", "b"}},
      {"zero", 0},
      {"yes", true},
      {"no", false},
      {"is_default_branch", calls("false")}};
}

std::string rendered(std::string_view text) {
  return render(text, context());
}

std::string failure(std::string_view text) {
  try {
    return "rendered: " + rendered(text);
  } catch (const TemplateError& error) {
    return error.what();
  }
}

}  // namespace

TEST_CASE("handlebars: gives what the original gave", "[builtin]") {
  for (const auto& row : recorded_rows("handlebars")) {
    INFO(row.dump());
    const std::string text = row["template"];
    if (row["expected"].is_object()) {
      CHECK(failure(text).starts_with(row["expected"]["error"].get<std::string>()));
    } else {
      CHECK(rendered(text) == row["expected"].get<std::string>());
    }
  }
}

TEST_CASE("handlebars: values are escaped unless the mustache says no", "[builtin]") {
  CHECK(rendered("{{branch}}") == "feat/a&#x3D;b&amp;c");
  CHECK(rendered("{{{branch}}}|{{&branch}}") == "feat/a=b&c|feat/a=b&c");
  CHECK(rendered("{{html}}").find('<') == std::string::npos);
}

TEST_CASE("handlebars: a name that is nothing gives nothing", "[builtin]") {
  CHECK(rendered("a{{nope}}b{{nope.deeper}}c{{../s}}d{{1}}") == "abcd");
  CHECK(failure("{{nope 'x'}}") == "Missing helper: \"nope\"");
}

TEST_CASE("handlebars: functions get parameters and hash, the last hash entry first", "[builtin]") {
  CHECK(rendered("{{{date 'YYYY' tz='UTC'}}}") == "D(YYYY,{\"tz\":\"UTC\"})");
  CHECK(rendered("{{{date s a=1 b=(lookup list 1)}}}") == "D(plain,{\"b\":\"b\",\"a\":\"1\"})");
}

TEST_CASE("handlebars: conditions call functions and know what is empty", "[builtin]") {
  CHECK(rendered("{{#if tag}}T{{else if sha}}S{{else}}N{{/if}}") == "S");
  CHECK(rendered("{{#unless no}}x{{/unless}}{{#if zero}}y{{/if}}") == "x");
  CHECK(rendered("{{#if zero includeZero=true}}z{{/if}}{{^if tag}}inverse{{/if}}") == "zinverse");
  // The trap of tag rules: the value is the text "false".
  CHECK(rendered("{{#if is_default_branch}}y{{else}}n{{/if}}") == "y");
}

TEST_CASE("handlebars: blocks go over lists and into objects", "[builtin]") {
  CHECK(rendered("{{#each list}}{{@index}}{{this}}{{../s}};{{/each}}") == "0aplain;1bplain;");
  CHECK(rendered("{{#each list as |v i|}}{{i}}{{v}}{{#if @last}}!{{/if}}{{/each}}") == "0a1b!");
  CHECK(
      rendered("{{#nested}}{{x}}{{/nested}}{{#with nested}}{{x}}{{@root.s}}{{/with}}") ==
      "11plain");
  CHECK(rendered("{{#each nope}}a{{else}}none{{/each}}") == "none");
}

TEST_CASE("handlebars: comments, escapes, tildes and raw blocks", "[builtin]") {
  CHECK(rendered("{{! no }}a{{!-- }} --}}b") == "ab");
  CHECK(rendered("\\{{sha}} {{sha}}") == "{{sha}} 860c190");
  CHECK(rendered("a\\\\{{sha}}") == "a\\860c190");
  CHECK(rendered("x {{~sha~}} y {{~#if yes~}} z {{~/if~}} w") == "x860c190yzw");
  CHECK(rendered("{{{{yes}}}}{{sha}}{{{{/yes}}}}") == "{{sha}}");
}

TEST_CASE("handlebars: mistakes are told as the original's parser does", "[builtin]") {
  CHECK(
      failure("{{sha") ==
      "Parse error on line 1:\n{{sha\n--^\nExpecting 'ID', 'STRING', 'NUMBER', 'BOOLEAN', "
      "'UNDEFINED', 'NULL', 'DATA', got 'INVALID'");
  CHECK(
      failure("x\n{{#if tag}}a") ==
      "Parse error on line 2:\nx{{#if tag}}a\n-------------^\nExpecting 'OPEN_INVERSE_CHAIN', "
      "'INVERSE', 'OPEN_ENDBLOCK', got 'EOF'");
  CHECK(failure("{{#if tag}}{{/each}}") == "if doesn't match each - 1:3");
  CHECK(failure("{{#if}}{{/if}}") == "#if requires exactly one argument");
  CHECK(failure("{{s.this}}") == "Invalid path: s.this - 1:2");
}

TEST_CASE("handlebars: a template that is nested without end is refused", "[builtin]") {
  std::string blocks, calls;
  for (int i = 0; i < 100'000; ++i) {
    blocks += "{{#if yes}}";
    calls += "(a ";
  }
  CHECK(failure(blocks) == "The template is nested too deeply");
  CHECK(failure("{{s " + calls) == "The template is nested too deeply");
}

TEST_CASE("handlebars: knows a template that is a single name", "[builtin]") {
  CHECK(is_single_mustache("{{raw}}", "raw"));
  CHECK(is_single_mustache("{{{ raw }}}", "raw"));
  CHECK_FALSE(is_single_mustache("v{{raw}}", "raw"));
  CHECK_FALSE(is_single_mustache("{{version}}", "raw"));
  CHECK_FALSE(is_single_mustache("{{raw", "raw"));
}
