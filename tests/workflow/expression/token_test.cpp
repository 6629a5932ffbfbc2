#include "workflow/expression/token.hpp"

#include <memory>
#include <string>
#include <vector>

#include "tests/catch.hpp"
#include "tests/workflow/expression/evaluation.hpp"
#include "workflow/yaml/reader.hpp"

using namespace crun::workflow;

namespace {

TokenPtr text_token(const std::string& text, const ExpressionNames& names) {
  Node node;
  node.kind = Node::Kind::string;
  node.text = text;
  return make_token(nullptr, node, names);
}

// A token of a YAML text.
struct Reading {
  Diagnostics diagnostics;
  TokenPtr token;

  Reading(const std::string& text, const ExpressionNames& names) {
    const auto source = std::make_shared<SourceFile>("ci.yml", text);
    const auto node = read_yaml(source, diagnostics);
    REQUIRE(node);
    token = make_token(source, *node, names, diagnostics);
  }
};

std::string parse_error(const std::string& text, const ExpressionNames& names) {
  try {
    text_token(text, names);
  } catch (const ExpressionError& error) {
    return error.what();
  }
  return "no error";
}

std::string evaluation_error(const Token& token, const Scope& scope) {
  try {
    evaluate(token, scope);
  } catch (const EvaluationError& error) {
    return error.what();
  }
  return "no error";
}

}  // namespace

TEST_CASE("token: an expression alone keeps the type of its value", "[expression]") {
  const Setting setting("{a:[1], b:true}");
  const auto array = text_token("${{ a }}", setting.names);
  CHECK(array->kind == Token::Kind::expression);
  CHECK(array->text == "a");
  CHECK(array->raw == "${{ a }}");
  CHECK(evaluate(*array, setting.scope).is_array());
  CHECK(evaluate(*text_token("${{b}}", setting.names), setting.scope).boolean());
}

TEST_CASE("token: text around expressions makes a format() of them", "[expression]") {
  const Setting setting("{a:1}");
  const auto check =
      [&](const std::string& text, const std::string& format, const std::string& value) {
        const auto token = text_token(text, setting.names);
        CHECK(token->kind == Token::Kind::expression);
        CHECK(token->text == format);
        CHECK(evaluate_string(*token, setting.scope) == value);
      };
  check("x ${{ a }}", "format('x {0}', a)", "x 1");
  check("${{ a }}${{ 'b' }}", "format('{0}{1}', a, 'b')", "1b");
  check("it's {${{ a }}} }}", "format('it''s {{{0}}} }}}}', a)", "it's {1} }}");
  check("${{ '}}' }} $${{ a }}", "format('{0} ${1}', '}}', a)", "}} $1");
  check("${{ false }} ", "format('{0} ', false)", "false ");
}

TEST_CASE("token: one string literal folds into plain text", "[expression]") {
  const auto token = text_token("${{ '${{ it''s }}' }}", {});
  CHECK(token->kind == Token::Kind::string);
  CHECK(token->text == "${{ it's }}");
  CHECK(token->raw == "${{ '${{ it''s }}' }}");
  CHECK(text_token("no $ {{ expression }}", {})->text == "no $ {{ expression }}");
}

TEST_CASE("token: mistakes in the brackets", "[expression]") {
  const std::string not_closed =
      "The expression is not closed. An unescaped ${{ sequence was found, but the closing }} "
      "sequence "
      "was not found.";
  CHECK(parse_error("${{ github", {}) == not_closed);
  CHECK(parse_error("${{ 'a }} ", {}) == not_closed);
  CHECK(parse_error("${{ 'x' }", {}) == not_closed);
  CHECK(parse_error("${{ }}", {}) == "An expression was expected");
  CHECK(
      parse_error("a ${{ b }}", {}) ==
      "Unrecognized named-value: 'b'. Located at position 1 within expression: b");
  CHECK_THAT(
      parse_error("a ${{ insert }}", {}),
      Catch::Matchers::ContainsSubstring("'insert' is not allowed"));
  CHECK_THAT(
      parse_error("${{ insert 1 }}", {}),
      Catch::Matchers::ContainsSubstring("Exactly 0 parameter(s)"));
  CHECK(parse_error("${{ inserted }}", {{"inserted"}, {}}) == "no error");
}

TEST_CASE("token: a whole text counts for the length limit", "[expression]") {
  CHECK(parse_error(std::string(21'001, 'x'), {}) == "no error");
  CHECK(
      parse_error(std::string(20'990, 'x') + "${{ 1 }}", {}) ==
      "Exceeded max expression length 21000");
}

TEST_CASE("token: scalars have the text that GitHub converts them to", "[expression]") {
  const Reading reading("[1.10, TRUE, ~, 0x10, '1.10', .inf]", {});
  std::vector<std::string> texts;
  std::vector<std::string> raws;
  for (const auto& item : reading.token->items) {
    texts.push_back(item->text);
    raws.push_back(item->raw);
    CHECK(evaluate_string(*item, {}) == item->text);
  }
  CHECK(texts == std::vector<std::string>{"1.1", "true", "", "16", "1.10", "Infinity"});
  CHECK(raws == std::vector<std::string>{"1.10", "TRUE", "~", "0x10", "1.10", ".inf"});
}

TEST_CASE("token: trees are evaluated with their keys", "[expression]") {
  const Setting setting("{a:{x:1,y:2}, l:[7,8]}");
  const Reading reading(
      "k1: v\nn: 1\n${{ format('k{0}', a.y) }}: ${{ a.x }}\n${{ insert }}: ${{ a }}\nl: [6, '${{ l "
      "}}', [9]]\n",
      setting.names);
  CHECK(reading.diagnostics.all().empty());
  CHECK_FALSE(reading.token->is_literal());
  CHECK(reading.token->find("N")->number == 1);
  CHECK(reading.token->find("insert") == nullptr);
  CHECK(
      to_compact_json(evaluate(*reading.token, setting.scope)) ==
      R"({"k1":"v","n":1,"k2":1,"x":1,"y":2,"l":[6,7,8,[9]]})");
}

TEST_CASE("token: errors of evaluation name the place", "[expression]") {
  const Setting setting("{a:'x', o:{k:1}}");
  const auto error = [&](const std::string& text) {
    return evaluation_error(*Reading(text, setting.names).token, setting.scope);
  };
  CHECK(
      error("env:\n  A: ${{ fromJSON(a) }}") ==
      "ci.yml (Line: 2, Col: 6): Error parsing fromJson: unexpected character at line 1, column 1");
  CHECK(error("${{ insert }}: ${{ a }}") == "ci.yml (Line: 1, Col: 16): Expected a mapping");
  CHECK(
      error("k: 1\n${{ insert }}: ${{ o }}") ==
      "ci.yml (Line: 2, Col: 16): 'k' is already defined");
  CHECK(error("${{ o }}: 1") == "ci.yml (Line: 1, Col: 1): A mapping was not expected");
  CHECK(
      error("- ${{ insert }}") ==
      "ci.yml (Line: 1, Col: 3): The expression directive 'insert' is not supported in this "
      "context");
}

TEST_CASE("token: every mistake of a tree is reported at its scalar", "[expression]") {
  const Reading reading("a: ${{ b }}\nc:\n  - ok\n  - x ${{ d }}\n", {});
  REQUIRE(reading.diagnostics.all().size() == 2);
  CHECK(reading.diagnostics.all()[0].span.begin == Position{1, 4});
  CHECK(reading.diagnostics.all()[1].span.begin == Position{4, 5});
  CHECK(reading.token->find("a")->kind == Token::Kind::string);
}

TEST_CASE("token: a text is split where expressions stand", "[expression]") {
  const auto pieces = split_text("echo ${{ a }} 'x'${{ '}}' }}", {{"a"}, {}});
  REQUIRE(pieces.size() == 4);
  CHECK(pieces[0].literal == "echo ");
  CHECK(pieces[1].expression->text() == "a");
  CHECK(pieces[1].offset == 5);
  CHECK(pieces[2].literal == " 'x'");
  CHECK(pieces[2].offset == 13);
  CHECK(pieces[3].expression->text() == "'}}'");
  CHECK(split_text("", {}).empty());
}

TEST_CASE("token: a hundred thousand brackets are no danger", "[expression]") {
  std::string many;
  for (int count = 0; count < 100'000; ++count) many += "${{";
  CHECK_THAT(parse_error(many, {}), Catch::Matchers::ContainsSubstring("not closed"));
  CHECK_THAT(
      parse_error("${{ " + std::string(100'000, '(') + " }}", {}),
      Catch::Matchers::ContainsSubstring("Exceeded max expression length"));
}
