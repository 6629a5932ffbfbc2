#include "bench/hostile.hpp"

#include <functional>

#include "bench/repeated.hpp"
#include <fmt/format.h>

namespace crun::bench {
namespace {

const std::string head = "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n";
const std::string job = head + "      - run: y\n";

std::string alias_bomb() {
  std::string text = "env:\n  a: &a {a: 1, b: 2, c: 3, d: 4}\n";
  for (char name = 'b'; name <= 'l'; ++name) {
    text += fmt::format("  {0}: &{0} {{", name);
    for (int i = 0; i < 9; ++i) text += fmt::format("k{}: *{}, ", i, static_cast<char>(name - 1));
    text += "}\n";
  }
  return text + job;
}

std::string million_legs() {
  std::string text = "on: push\njobs:\n  a:\n    runs-on: x\n    strategy:\n      matrix:\n";
  for (char name = 'a'; name <= 'f'; ++name) {
    text += fmt::format("        {}: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]\n", name);
  }
  return text + "    steps: [{run: y}]\n";
}

std::string jobs(int count, const std::function<std::string(int)>& needs) {
  return "on: push\njobs:\n  s: {runs-on: x, steps: [{run: y}]}\n" + numbered(count, [&](int i) {
           return fmt::format(
               "  j{}: {{runs-on: x, needs: {}, steps: [{{run: y}}]}}\n", i, needs(i));
         });
}

std::string many_patterns() {
  return "on: {push: {paths: [" +
         numbered(10'000, [](int i) { return fmt::format("'**/a{}/**', ", i); }) + "]}}" +
         job.substr(8);
}

std::string many_filters() {
  return head +
         numbered(
             4000,
             [](int i) {
               return fmt::format("      - {{uses: dorny/paths-filter@v3, id: f{}}}\n", i);
             }) +
         "      - run: |\n" +
         repeat("          echo \"a=${{ steps.f1.outputs.changes }}\" >> $GITHUB_OUTPUT\n", 1900) +
         repeat("          echo 1234567890\n", 20'000);
}

}  // namespace

std::vector<std::pair<std::string, std::string>> hostile_workflows() {
  using namespace std::string_literals;
  const std::string word(1'000'000, 'k');
  return {
      {"brackets.yml", "on: " + repeat("[", 1'000'000)},
      {"braces.yml", "on: " + repeat("{", 1'000'000)},
      {"closed.yml", "on: " + repeat("[", 500'000) + repeat("]", 500'000)},
      {"items.yml", "on: [[" + repeat("a,", 500'000) + "]]\n" + job.substr(9)},
      {"pairs.yml", "on: [{" + repeat("\"\": a,", 160'000) + "}]\n" + job.substr(9)},
      {"anchors.yml", "on: [[" + repeat("&a ", 340'000)},
      {"lists.yml", repeat("- ", 500'000)},
      {"commas.yml", "on: {" + repeat(",", 1'000'000)},
      {"parentheses.yml",
       job + "        if: " + repeat("(", 100'000) + "1" + repeat(")", 100'000) + "\n"},
      {"aliases.yml", alias_bomb()},
      {"legs.yml", million_legs()},
      {"ring.yml", jobs(2000, [](int i) { return fmt::format("j{}", (i + 1) % 2000); })},
      {"names.yml", jobs(4000, [](int i) { return fmt::format("jop{}", i); })},
      {"key.yml", job + word + ": v\n"},
      {"needs.yml", "on: push\njobs: {a: {runs-on: x, needs: " + word + ", steps: [{run: y}]}}\n"},
      {"utf8.yml", job + "name: " + repeat("\xFF", 1'000'000) + "\n"},
      {"zeros.yml", job + "name: a\0b\n"s},
      {"tabs.yml", std::string(1'000'000, '\t')},
      {"documents.yml", repeat(job + "---\n", 5000)},
      {"patterns.yml", many_patterns()},
      {"filters.yml", many_filters()},
      {"short.yml", job + "      - run: " + repeat("${{ 1 }}", 125'000) + "\n"},
      {"scalars.yml", repeat("- |\n" + repeat("  text\n", 70'000), 2)},
      {"lines.yml", "on: push\n" + repeat("\n", 1'000'000)},
      {"expressions.yml",
       job + "        env:\n" +
           numbered(
               15'000,
               [](int i) { return fmt::format("          K{}: ${{{{ githup.a }}}}\n", i); })},
  };
}

}  // namespace crun::bench
