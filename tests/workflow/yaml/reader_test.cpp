#include "workflow/yaml/reader.hpp"

#include <memory>
#include <string>

#include "tests/catch.hpp"

using namespace crun::workflow;
using Catch::Matchers::ContainsSubstring;

namespace {

struct Reading {
  SourcePtr source;
  Diagnostics diagnostics;
  NodePtr root;
};

Reading read(std::string text, const YamlLimits& limits = {}) {
  Reading reading;
  reading.source = std::make_shared<SourceFile>("test.yml", std::move(text));
  reading.root = read_yaml(reading.source, reading.diagnostics, limits);
  return reading;
}

// The only error, as "line:column message".
std::string error_of(std::string text, const YamlLimits& limits = {}) {
  const auto reading = read(std::move(text), limits);
  CHECK(reading.root == nullptr);
  REQUIRE(reading.diagnostics.all().size() == 1);
  const auto& error = reading.diagnostics.all().front();
  const auto begin = error.span.begin;
  return std::to_string(begin.line) + ":" + std::to_string(begin.column) + " " + error.message;
}

std::string places(const Node& node) {
  return std::to_string(node.span.begin.line) + ":" + std::to_string(node.span.begin.column) + "-" +
         std::to_string(node.span.end.line) + ":" + std::to_string(node.span.end.column);
}

}  // namespace

TEST_CASE("yaml: scalars are typed by the core schema of YAML 1.2", "[yaml]") {
  const auto reading = read(
      "a: true\nb: yes\nc: on\nd: 0x1F\ne: 0o17\nf: 0755\ng: 1.10\nh: .inf\ni: ~\nj: \"true\"\n"
      "k: 12_345\nl: 2001-12-14\nm: 1e3\nn: '1'\no: -0x1\np: .5\nq: 0xFFFFFFFF\n");
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
}

TEST_CASE("yaml: tags type a scalar, and only the five of the core schema do", "[yaml]") {
  const auto reading = read("a: !!str 1\nb: !!int '1'\n");
  CHECK(reading.root == nullptr);
  CHECK(read("a: !!str 1").root->find("a")->kind == Node::Kind::string);
  CHECK(read("a: !!float 1").root->find("a")->number == 1);
  CHECK(error_of("a: !!bool 1") == "1:4 The value '1' is invalid for the type '!!bool'");
  CHECK(error_of("a: !!int '1'") == "1:4 A quoted or block scalar cannot have the tag '!!int'");
  CHECK(error_of("a: !!set x") == "1:4 Unexpected tag '!!set'");
}

TEST_CASE("yaml: an expression that begins with ! is explained", "[yaml]") {
  const auto reading = read("on: push\nif: !cancelled()\n");
  REQUIRE(reading.diagnostics.all().size() == 1);
  const auto& error = reading.diagnostics.all().front();
  CHECK(error.message == "Unexpected tag '!cancelled()'");
  CHECK_THAT(error.help, ContainsSubstring("${{ !cancelled() }}"));
}

TEST_CASE("yaml: every node knows its place", "[yaml]") {
  const auto good =
      read("äö: [1, \"ü\"]  # c\nb:\nc:  # none\nd: |\n  text\ne:\n  - \n  - 'x'\nnull: &a y\n");
  REQUIRE(good.root);
  CHECK(places(*good.root->entries[0].key) == "1:1-1:3");
  CHECK(places(*good.root->find("äö")->items[1]) == "1:9-1:12");
  CHECK(places(*good.root->find("b")) == "2:3-2:3");
  CHECK(places(*good.root->find("c")) == "3:3-3:3");
  CHECK(good.root->find("c")->text.empty());
  CHECK(places(*good.root->find("d")) == "4:4-4:5");
  CHECK(places(*good.root->find("e")->items[0]) == "7:4-7:4");
  CHECK(places(*good.root->find("e")->items[1]) == "8:5-8:8");
  CHECK(good.root->entries.back().key->kind == Node::Kind::null);
  CHECK(good.root->entries.back().key->text == "null");
  CHECK(places(*good.root->entries.back().value) == "9:7-9:11");
}
