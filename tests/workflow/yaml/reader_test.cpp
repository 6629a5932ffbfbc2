#include "workflow/yaml/reader.hpp"

#include <ctime>
#include <string>
#include <vector>

#include "tests/catch.hpp"
#include "tests/workflow/yaml/reading.hpp"

using namespace crun::workflow;
using Catch::Matchers::ContainsSubstring;

namespace {

std::string places(const Node& node) {
  const auto text = [](Position place) {
    return std::to_string(place.line) + ":" + std::to_string(place.column);
  };
  return text(node.span.begin) + "-" + text(node.span.end);
}

std::string repeat(std::string_view part, int times) {
  std::string text;
  while (times-- > 0) text += part;
  return text;
}

}  // namespace

TEST_CASE("yaml: scalars are typed by the core schema of YAML 1.2", "[yaml]") {
  const Reading reading(
      "a: true\nb: yes\nc: on\nd: 0x1F\ne: 0o17\nf: 0755\ng: 1.10\nh: .inf\ni: ~\nj: \"true\"\n"
      "k: 12_345\nl: 2001-12-14\nm: 1e3\nn: '1'\no: -0x1\np: .5\nq: 0xFFFFFFFF\nr: 1e999\n");
  REQUIRE(reading.root);
  const auto kind = [&](const char* key) { return reading.root->find(key)->kind; };
  const auto number = [&](const char* key) { return reading.root->find(key)->number; };
  CHECK(kind("a") == Node::Kind::boolean);
  CHECK(kind("b") == Node::Kind::string);
  CHECK(kind("c") == Node::Kind::string);
  CHECK(number("d") == 31);
  CHECK(number("e") == 15);
  CHECK(number("f") == 755);
  CHECK(number("g") == 1.1);
  CHECK(reading.root->find("g")->text == "1.10");
  CHECK(number("h") > 1e308);
  CHECK(kind("i") == Node::Kind::null);
  CHECK(kind("j") == Node::Kind::string);
  CHECK(kind("k") == Node::Kind::string);
  CHECK(kind("l") == Node::Kind::string);
  CHECK(number("m") == 1000);
  CHECK(kind("n") == Node::Kind::string);
  CHECK(kind("o") == Node::Kind::string);
  CHECK(number("p") == 0.5);
  CHECK(number("q") == -1);
  CHECK(number("r") > 1e308);
}

TEST_CASE("yaml: tags type a scalar, and only the five of the core schema do", "[yaml]") {
  CHECK(Reading("a: !!str 1").root->find("a")->kind == Node::Kind::string);
  CHECK(Reading("a: !!float 1").root->find("a")->number == 1);
  CHECK(Reading("a: !!null ''").root == nullptr);
  CHECK(Reading("a: !!null null").root->find("a")->kind == Node::Kind::null);
  CHECK(yaml_error("a: !!bool 1") == "1:4 The value '1' is invalid for the type '!!bool'");
  CHECK(yaml_error("a: !!int '1'") == "1:4 A quoted or block scalar cannot have the tag '!!int'");
  CHECK(yaml_error("a: !!set x") == "1:4 Unexpected tag '!!set'");
}

TEST_CASE("yaml: every node knows its place", "[yaml]") {
  const Reading reading(
      "äö: [1, \"ü\"]  # c\nb:\nc:  # none\nd: |\n  text\ne:\n  - \n  - 'x'\nnull: &a y\nf: x\n  "
      "y\n");
  REQUIRE(reading.root);
  const auto& root = *reading.root;
  CHECK(places(*root.entries[0].key) == "1:1-1:3");
  CHECK(places(*root.find("äö")) == "1:5-1:12");
  CHECK(places(*root.find("äö")->items[1]) == "1:9-1:12");
  CHECK(places(*root.find("b")) == "2:3-2:3");
  CHECK(places(*root.find("c")) == "3:3-3:3");
  CHECK(root.find("c")->text.empty());
  CHECK(places(*root.find("d")) == "4:4-4:5");
  CHECK(places(*root.find("e")->items[0]) == "7:4-7:4");
  CHECK(places(*root.find("e")->items[1]) == "8:5-8:8");
  CHECK(root.entries[5].key->kind == Node::Kind::null);
  CHECK(root.entries[5].key->text == "null");
  CHECK(places(*root.entries[5].value) == "9:7-9:11");
  CHECK(places(*root.find("f")) == "10:4-10:5");
}

TEST_CASE("yaml: styles are told apart", "[yaml]") {
  const Reading reading("[a, 'b', \"c\", !!str d]\n");
  const Reading block("- |\n  x\n- >-\n  x\n- &a 'q'\n- - y\n");
  REQUIRE(reading.root);
  REQUIRE(block.root);
  CHECK(reading.root->style == Node::Style::flow);
  CHECK(reading.root->items[0]->style == Node::Style::plain);
  CHECK(reading.root->items[1]->style == Node::Style::single_quoted);
  CHECK(reading.root->items[2]->style == Node::Style::double_quoted);
  CHECK(reading.root->items[3]->style == Node::Style::plain);
  CHECK(block.root->items[0]->style == Node::Style::literal);
  CHECK(block.root->items[1]->style == Node::Style::folded);
  CHECK(block.root->items[2]->style == Node::Style::single_quoted);
  CHECK(block.root->items[3]->style == Node::Style::block);
}

TEST_CASE("yaml: an empty text is a null node", "[yaml]") {
  for (const char* text : {"", "\n\n", "# comment\n", "---\n", "\xEF\xBB\xBF", "---\n...\n"}) {
    const Reading reading(text);
    REQUIRE(reading.root);
    CHECK(reading.root->kind == Node::Kind::null);
  }
}

TEST_CASE("yaml: a byte order mark and CRLF change nothing", "[yaml]") {
  const Reading reading("\xEF\xBB\xBFon: push\r\njobs:\r\n  a: |\r\n    x\r\n    y\r\n");
  REQUIRE(reading.root);
  CHECK(reading.root->find("on")->text == "push");
  CHECK(reading.root->find("jobs")->find("a")->text == "x\ny\n");
  CHECK(reading.root->find("jobs")->entries[0].key->span.begin == Position{3, 3});
}

TEST_CASE("yaml: aliases repeat nodes, << is an ordinary key", "[yaml]") {
  const Reading reading("a: &x {k: v}\nb: *x\nc: {<<: *x}\nd: &x 2\ne: *x\n");
  REQUIRE(reading.root);
  CHECK(reading.root->find("b") == reading.root->find("a"));
  CHECK(reading.root->find("c")->find("<<") == reading.root->find("a"));
  CHECK(reading.root->find("e")->number == 2);
}

TEST_CASE("yaml: duplicate keys are refused ignoring case, all of them", "[yaml]") {
  const Reading reading("on: 1\npush: 2\nPush: 3\nb: {ä: 1, Ä: 2}\n");
  CHECK(reading.root == nullptr);
  REQUIRE(reading.diagnostics.all().size() == 2);
  const auto& error = reading.diagnostics.all().front();
  CHECK(error.message == "'Push' is already defined");
  CHECK(error.span == Span{{3, 1}, {3, 5}});
  REQUIRE(error.notes.size() == 1);
  CHECK(error.notes[0].span.begin == Position{2, 1});
}

TEST_CASE("yaml: ten errors are enough", "[yaml]") {
  std::string text;
  for (int count = 0; count < 1000; ++count) text += "a: 1\n";
  CHECK(Reading(text).diagnostics.all().size() == 10);
}

TEST_CASE("yaml: duplicate keys can be left to the caller", "[yaml]") {
  YamlLimits limits;
  limits.refuse_duplicate_keys = false;
  const Reading reading("a: 1\nA: 2\na: 3\n", limits);
  REQUIRE(reading.root);
  CHECK(reading.root->entries.size() == 3);
  CHECK(reading.root->find("a")->number == 1);
}

TEST_CASE("yaml: what GitHub's reader takes is taken, with the right places", "[yaml]") {
  const Reading blank_head("a: |\n      \n    hello\nb: \"ü\"\n");
  REQUIRE(blank_head.root);
  CHECK(blank_head.root->find("a")->text == "\nhello\n");
  CHECK(places(*blank_head.root->find("b")) == "4:4-4:7");
  const Reading properties("- &x |\n  a\n  b\n- !!str >\n  c\n- *x\n- {d: 1}\n");
  REQUIRE(properties.root);
  CHECK(properties.root->items[0]->text == "a\nb\n");
  CHECK(properties.root->items[1]->text == "c\n");
  CHECK(properties.root->items[2] == properties.root->items[0]);
  CHECK(places(*properties.root->items[3]) == "7:3-7:8");
  CHECK(Reading("a: [x]#c\n").root->find("a")->items.size() == 1);
  // As the library takes it at first, the bracket opens a list in a mapping: three levels.
  const YamlLimits one_level{.depth = 1};
  const Reading bracket("- !!str >\n  [ ", one_level);
  REQUIRE(bracket.root);
  CHECK(bracket.root->items[0]->text == "[ ");
  CHECK(yaml_error("- !!str >\n  [ \n- []", one_level) == "0:0 Maximum object depth exceeded");
}

TEST_CASE("yaml: >+ keeps every line break", "[yaml]") {
  const auto text = [](const std::string& yaml) {
    const Reading reading(yaml);
    REQUIRE(reading.root);
    return reading.root->find("a")->text;
  };
  CHECK(text("a: >+\n  x\n  y\n\n\nb: 1") == "x y\n\n\n");
  CHECK(text("a: >+\n  x\n\nb: 1") == "x\n\n");
  CHECK(text("a: >+\n  x\nb: 1") == "x\n");
  CHECK(text("a: >+\n  x\n   y\n\n\nb: 1") == "x\n y\n\n\n");
  CHECK(text("a: >+\n  x") == "x");
  CHECK(text("a: >+\n\n\nb: 1") == "\n\n");
  CHECK(text("a: >+2\n  x\n\n\n# c\nb: 1") == "x\n\n\n");
  CHECK(text("a: >\n  x\n\n\nb: 1") == "x\n");
  CHECK(text("a: |+\n  x\n\n\nb: 1") == "x\n\n\n");
}

TEST_CASE("yaml: depth, nodes and size are limited, aliases count as what they repeat", "[yaml]") {
  CHECK(Reading(repeat("[", 50) + repeat("]", 50)).root);
  CHECK(yaml_error(repeat("[", 51) + repeat("]", 51)) == "0:0 Maximum object depth exceeded");
  CHECK(
      yaml_error(
          "a: &a " + repeat("[", 30) + repeat("]", 30) + "\nb: " + repeat("[", 30) + "*a" +
          repeat("]", 30)) == "0:0 Maximum object depth exceeded");
  std::string laughs = "a0: &a0 [1,1,1,1,1,1,1,1,1]\n";
  for (int level = 1; level < 12; ++level) {
    const auto alias = "*a" + std::to_string(level - 1) + " ";
    laughs += "a" + std::to_string(level) + ": &a" + std::to_string(level) + " [" +
              repeat(alias + ",", 8) + alias + "]\n";
  }
  CHECK(yaml_error(laughs) == "0:0 Maximum YAML nodes exceeded");
  CHECK(
      yaml_error(std::string(1'048'577, '#')) == "0:0 The file is larger than 1048576 characters");
}

TEST_CASE("yaml: a question mark within a text between brackets begins no key", "[yaml]") {
  const Reading map("{a: Go?, b?: [x?y, 'q?', \"r?\", s ? t]}\n");
  REQUIRE(map.root);
  CHECK(map.root->find("a")->text == "Go?");
  CHECK(map.root->find("a")->style == Node::Style::plain);
  CHECK(map.root->find("a")->span == Span{{1, 5}, {1, 8}});
  const auto* list = map.root->find("b?");
  REQUIRE(list);
  REQUIRE(list->items.size() == 4);
  CHECK(list->items[0]->text == "x?y");
  CHECK(list->items[1]->text == "q?");
  CHECK(list->items[2]->text == "r?");
  CHECK(list->items[3]->text == "s ? t");

  const Reading keys("{? a: b}\n");
  REQUIRE(keys.root);
  CHECK(keys.root->find("a")->text == "b");
  const Reading block("? a\n: b?\nc: |\n  d? ? e\n");
  REQUIRE(block.root);
  CHECK(block.root->find("a")->text == "b?");
  CHECK(block.root->find("c")->text == "d? ? e\n");
  const Reading escape("a: \"\\x01?\"\n");
  REQUIRE(escape.root);
  CHECK(escape.root->find("a")->text == "\x01?");
  CHECK(yaml_error("{a?: 1, A?: 2}\n") == "1:9 'A?' is already defined");
}

TEST_CASE("yaml: hostile texts are read or refused fast", "[yaml]") {
  // The bound is generous: it is there to catch what is quadratic.
  const auto milliseconds = [](const std::string& text) {
    const auto start = std::clock();
    const Reading reading(text);
    render(reading.diagnostics);
    return (std::clock() - start) / (CLOCKS_PER_SEC / 1000);
  };
  std::string anchors;
  for (int count = 0; count < 20'000; ++count) anchors += "- &a" + std::to_string(count) + " x\n";
  const std::vector<std::string> texts = {
      repeat("[", 100'000),
      repeat("{", 100'000),
      repeat("- ", 100'000),
      repeat("[a: ", 50'000),
      repeat("? ", 100'000),
      std::string(1'000'000, 'k') + ": v\n",
      "\"" + std::string(1'000'000, 'k') + "\": v\n",
      std::string(1'000'000, ' '),
      std::string(1'000'000, '\n'),
      "[" + repeat("ä,", 40'000) + "]",
      "a: \"" + repeat("x\n", 400'000),
      repeat("\t", 1'000'000),
      repeat("a:", 500'000),
      anchors,
      "a: &a x\nb: [" + repeat("*a,", 49'000) + "]",
      repeat("a: |\n", 20'000),
      repeat("- |\n" + std::string(50, ' ') + "\n  x\n", 10'000),
  };
  for (std::size_t index = 0; index < texts.size(); ++index) {
    INFO("text " << index);
    CHECK(milliseconds(texts[index]) < 3000);
  }
}
