#include "workflow/source/diagnostic.hpp"

#include <memory>
#include <string>

#include "tests/catch.hpp"

using namespace crun::workflow;
using Catch::Matchers::ContainsSubstring;

TEST_CASE("diagnostic: renders place, line, caret, notes and help", "[source]") {
  const auto source = std::make_shared<SourceFile>("ci.yml", "on: push\njöbs: 1\n");
  Diagnostics diagnostics;
  auto& error = diagnostics.error(source, {{2, 1}, {2, 5}}, "key", "Unexpected value 'jöbs'");
  error.notes.push_back({source, {{1, 1}, {1, 3}}, "like this one"});
  error.notes.push_back({nullptr, {}, "without a place"});
  error.help = "write\njobs:";
  CHECK(
      render(diagnostics) ==
      "ci.yml:2:1: error: Unexpected value 'jöbs'\n"
      "  2 | jöbs: 1\n"
      "    | ^^^^\n"
      "  ci.yml:1:1: note: like this one\n"
      "  note: without a place\n"
      "  help: write\n"
      "        jobs:\n");
}

TEST_CASE("diagnostic: no control bytes and no broken UTF-8 reach the terminal", "[source]") {
  const auto source = std::make_shared<SourceFile>("ci.yml", "a\t\x1b[31m\xff: b\n");
  Diagnostics diagnostics;
  diagnostics.warning(source, {{1, 1}, {1, 1}}, "x", "look");
  const auto text = render(diagnostics);
  CHECK(text.find('\x1b') == std::string::npos);
  CHECK(text.find('\xff') == std::string::npos);
  CHECK(text.find('\t') == std::string::npos);
}

TEST_CASE("diagnostic: a very long line is cut around the caret", "[source]") {
  const auto source = std::make_shared<SourceFile>(
      "ci.yml", std::string(5000, 'a') + "HERE" + std::string(5000, 'b'));
  Diagnostics diagnostics;
  diagnostics.error(source, {{1, 5001}, {1, 5005}}, "x", "look");
  const auto text = render(diagnostics);
  CHECK(text.size() < 500);
  CHECK_THAT(text, ContainsSubstring("aHEREb"));
  CHECK_THAT(text, ContainsSubstring("^^^^\n"));
}

TEST_CASE("diagnostics: sorted by file and place, counted by severity", "[source]") {
  const auto b = std::make_shared<SourceFile>("b.yml", "x");
  const auto a = std::make_shared<SourceFile>("a.yml", "x\ny");
  Diagnostics diagnostics;
  diagnostics.warning(b, {{1, 1}, {1, 1}}, "w", "third");
  diagnostics.error(a, {{2, 1}, {2, 1}}, "e", "second");
  diagnostics.warning(a, {{1, 1}, {1, 1}}, "w", "first");
  diagnostics.sort();
  CHECK(diagnostics.all()[0].message == "first");
  CHECK(diagnostics.all()[1].message == "second");
  CHECK(diagnostics.all()[2].message == "third");
  CHECK(diagnostics.has_errors());
  CHECK(diagnostics.count(Severity::warning) == 2);
}

TEST_CASE("diagnostics: after a hundred the findings are only counted", "[source]") {
  Diagnostics diagnostics;
  for (int i = 0; i < 100; ++i) diagnostics.warning(nullptr, {}, "w", "one of many");
  CHECK_FALSE(diagnostics.has_errors());
  diagnostics.error(nullptr, {}, "e", "the worst").help = "is not kept";
  CHECK(diagnostics.has_errors());
  CHECK(diagnostics.all().size() == 100);
  Diagnostics whole;
  whole.warning(nullptr, {}, "w", "before");
  whole.append(diagnostics);
  CHECK(whole.has_errors());
  CHECK(whole.count(Severity::warning) == 101);
  CHECK_THAT(render(whole), Catch::Matchers::EndsWith("and 2 more findings\n"));
}

TEST_CASE("diagnostics: a long message is cut as GitHub cuts it", "[source]") {
  Diagnostics diagnostics;
  diagnostics.error(nullptr, {}, "e", std::string(499, 'x') + "\u00e4" + std::string(10, 'y'));
  CHECK(render(diagnostics) == "crun: error: " + std::string(499, 'x') + "[...]\n");
}
