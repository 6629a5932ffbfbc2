#include "workflow/yaml/read_ahead.hpp"

#include <algorithm>
#include <ctime>
#include <istream>

#include "bench/repeated.hpp"

#include "tests/catch.hpp"
#include "tests/workflow/yaml/reading.hpp"

using namespace crun::workflow;
using crun::bench::repeat;

namespace {

/// Of a text that the library has told nothing of, with two levels and ten nodes allowed.
bool exceeds(const std::string& text, const Told& told = {}) {
  return ReadAhead(text, 2, 10).exceeds(told, text.size());
}

struct Size {
  int levels = 0;
  std::size_t nodes = 0;
};

void measure(const Node& node, int level, Size& size) {
  ++size.nodes;
  if (!node.is_scalar()) size.levels = std::max(size.levels, level + 1);
  for (const auto& item : node.items) measure(*item, level + 1, size);
  for (const auto& [key, value] : node.entries) {
    measure(*key, level + 1, size);
    measure(*value, level + 1, size);
  }
}

std::string refusal(const std::string& text) {
  const Reading reading(text);
  CHECK(reading.root == nullptr);
  return reading.diagnostics.all().empty() ? "" : reading.diagnostics.all().front().message;
}

}  // namespace

TEST_CASE("read ahead: brackets within each other are counted, and those that close", "[yaml]") {
  CHECK(exceeds("[[["));
  CHECK(exceeds("- ? [{&x [a"));
  CHECK(exceeds("--- # [\n!t {a: [ !<x[> \n{"));
  CHECK(exceeds("%YAML 1.2\n--- [[{"));
  CHECK_FALSE(exceeds("[[a], [b], {c: d}]"));
  CHECK(exceeds("[[a], [b, [c"));
}

TEST_CASE("read ahead: what follows an event begins with the brackets open there", "[yaml]") {
  CHECK(exceeds(", [", {0, 2}));
  CHECK_FALSE(exceeds("], [", {0, 2}));
  CHECK_FALSE(exceeds("]]\n- |\n  [[[", {0, 2}));
  CHECK_FALSE(exceeds("xx[[[: [", {5, 0}));
}

TEST_CASE("read ahead: brackets and commas within texts and comments do not count", "[yaml]") {
  for (const std::string text :
       {"['[[[', \"[\\\"[[\"",
        "['it''s [[[', ",
        "[a # [[[\n, ",
        "[a, #[[[\n b",
        "|\n  [[[",
        "text [[[",
        "'[[[' [[[",
        "- -[[[",
        "*a [[["}) {
    INFO(text);
    CHECK_FALSE(exceeds(text));
  }
  CHECK_FALSE(exceeds("[\"" + repeat(",", 100) + "\""));
  CHECK_FALSE(exceeds("[" + repeat(":", 100) + "a]"));
  CHECK_FALSE(exceeds("[http://x, a:b:c:d, ::, :a, 1:2:3:4:5:6:7:8:9:1:2:3:4:5:6:7:8:9:1:2:3]"));
  // A quote within a text is no quote.
  CHECK(exceeds("[it's, [["));
  CHECK(exceeds("[a 'b, [["));
  CHECK(exceeds("[a#', [["));
}

TEST_CASE("read ahead: a carriage return alone is a letter, as the library has it", "[yaml]") {
  CHECK_FALSE(exceeds("\r[[[["));
  CHECK(exceeds("\r\n[[[["));
  CHECK_FALSE(exceeds("[a:\rb:\rc:\rd]"));
}

TEST_CASE("read ahead: a list has no more items than nodes are allowed", "[yaml]") {
  CHECK_FALSE(exceeds("[" + repeat("a,", 10) + "]"));
  CHECK(exceeds("[" + repeat("a,", 11) + "]"));
  CHECK(exceeds("[" + repeat("? ", 23)));
  CHECK(exceeds("[" + repeat("\"\":", 23)));
  CHECK(exceeds("[" + repeat(": ", 23)));
}

TEST_CASE("gated text: it is given out to its end, or until something is against it", "[yaml]") {
  const auto text = repeat("0123456789", 200);
  std::string read(text.size() + 1, ' ');
  GatedText all(text, [](std::size_t) { return true; });
  CHECK(std::istream(&all).read(read.data(), static_cast<long>(read.size())).gcount() == 2000);
  CHECK(read.starts_with(text));
  CHECK_FALSE(all.is_cut());
  std::size_t asked = 0;
  GatedText some(text, [&](std::size_t given) { return (asked = given) < 1000; });
  const auto got = std::istream(&some).read(read.data(), static_cast<long>(read.size())).gcount();
  CHECK(static_cast<std::size_t>(got) == asked);
  CHECK(asked < 2000);
  CHECK(some.is_cut());
}

TEST_CASE("yaml: a document is read with limits that leave nothing over", "[yaml]") {
  const std::string item = GENERATE(
      "[a, {b: c}]",
      "'it''s [[[[ ,,,,'",
      "\"\\\" [[[[ {{{{ ::::\"",
      "|\n    [[[[ {{{{\n    ,,,,,,,,\n    ::::::",
      ">\n    [[[[\n\n    ? ? ? ? : : : :",
      "plain [[[ ,,, {{{\n    more [[[[ '''",
      "a # [[[[[[",
      "[a b 'c, d e, {f: \"[[[[\"}]",
      "&x [a, !!str b, !<tag:yaml.org,2002:str> c]",
      "[{a: b}: c]",
      "[[a]: b]",
      "[a: b, c: [d]]",
      "[::, :a, http://b:80, -c, a#b]",
      "{'a':[b], \"c\":{d: e}}",
      "{? a : b, ? c, d, e: , }",
      "[\n    a, # [[[[\n    b,\n  ]");
  for (const std::string before : {"- ", "- key: ", "- - "}) {
    const auto text = repeat(before + item + "\n", 300);
    INFO(text.substr(0, 200));
    const Reading generous(text);
    REQUIRE(generous.root);
    Size size;
    measure(*generous.root, 0, size);
    YamlLimits limits;
    limits.depth = size.levels;
    limits.nodes = size.nodes;
    CHECK(Reading(text, limits).root);
    --limits.nodes;
    CHECK_FALSE(Reading(text, limits).root);
    ++limits.nodes;
    --limits.depth;
    CHECK_FALSE(Reading(text, limits).root);
  }
}

TEST_CASE("yaml: what the library keeps between brackets does not grow with the text", "[yaml]") {
  constexpr int many = 150'000;
  for (const std::string piece : {"[", "{", "[\n ", "&a [", "!a ["}) {
    INFO(piece);
    CHECK(refusal("on: " + repeat(piece, many)) == "Maximum object depth exceeded");
  }
  CHECK(refusal("%YAML 1.2\n--- " + repeat("[", many)) == "Maximum object depth exceeded");
  CHECK(refusal("\xEF\xBB\xBF" + repeat("[", many)) == "Maximum object depth exceeded");
  CHECK(refusal("on: [[a ' , " + repeat("[", many)) == "Maximum object depth exceeded");
  for (const std::string piece : {"a,", "a: b,", "[],", "\"\",", "\"\":a,", "? ", "\"\":"}) {
    INFO(piece);
    CHECK(refusal("[" + repeat(piece, many)) == "Maximum YAML nodes exceeded");
    CHECK(refusal("- [" + repeat(piece, many)) == "Maximum YAML nodes exceeded");
  }
}

TEST_CASE("yaml: a long text before another long one is gone through once", "[yaml]") {
  const auto lines = repeat("  text\n", 70'000);
  for (const std::string head : {"- |\n", "- text\n", "- >\n"}) {
    const auto begin = std::clock();
    CHECK(Reading(repeat(head + lines, 2)).root);
    // A tenth of a second without optimization; for every block that is read it was ten.
    CHECK(std::clock() - begin < 2 * CLOCKS_PER_SEC);
  }
}
