// Places and quoting in scripts.
#include "workflow/lint/script.hpp"

#include <memory>
#include <string>

#include "tests/catch.hpp"
#include "workflow/yaml/reader.hpp"

using namespace crun::workflow;

namespace {

/// The value of the only key of a YAML text, as a token.
TokenPtr scalar(const std::string& yaml) {
  const auto source = std::make_shared<const SourceFile>("x.yml", yaml);
  Diagnostics diagnostics;
  const auto root = read_yaml(source, diagnostics);
  REQUIRE(root);
  return make_token(source, *root->entries.front().value, {{"env"}, {}});
}

Position place_of(const std::string& yaml, const std::string& needle) {
  const auto token = scalar(yaml);
  const Script script(token.get());
  const auto at = script.text().find(needle);
  REQUIRE(at != std::string::npos);
  return script.place(at, needle.size()).begin;
}

Quoting quoting_of(const std::string& text, const std::string& needle) {
  Token token;
  token.kind = Token::Kind::string;
  token.text = text;
  const Script script(&token);
  return script.quoting_at(script.text().find(needle));
}

}  // namespace

TEST_CASE("script: a place in a block is found in its file", "[lint]") {
  const std::string block = "run: |\n  one\n\n  two  here\n    three here\n  two  here again\n";
  CHECK(place_of(block, "one") == Position{2, 3});
  CHECK(place_of(block, "here") == Position{4, 8});
  CHECK(place_of(block, "three") == Position{5, 5});
  CHECK(place_of(block, "again") == Position{6, 13});
  CHECK(place_of("run: >-\n\n   äö x\n", "x") == Position{3, 7});
}

TEST_CASE("script: a place in a plain or quoted text is found as well", "[lint]") {
  CHECK(place_of("run: run it", "run") == Position{1, 6});
  CHECK(place_of("run: 'run it'", "it") == Position{1, 11});
  CHECK(place_of("run: \"a\\tb\"", "b") == Position{1, 6});  // escapes: only where it begins
}

TEST_CASE("script: expressions know their place and quoting", "[lint]") {
  const auto token = scalar("run: |\n  x=${{ env.b }} \"${{ env.c }}\" '${{ env.d }}'\n");
  const Script script(token.get());
  const auto& found = script.expressions();
  REQUIRE(found.size() == 3);
  CHECK(found[0].quoting == Quoting::plain);
  CHECK(found[1].quoting == Quoting::doubled);
  CHECK(found[2].quoting == Quoting::single);
  CHECK(script.text().substr(found[1].offset, found[1].length) == "${{ env.c }}");
  CHECK(script.place(found[1].offset, found[1].length) == Span{{2, 19}, {2, 31}});
}

TEST_CASE("script: quoting follows the shell", "[lint]") {
  CHECK(quoting_of("echo 'it' X", "X") == Quoting::plain);
  CHECK(quoting_of("echo \"a 'X'\"", "X") == Quoting::doubled);
  CHECK(quoting_of("echo \"a \\\" X\"", "X") == Quoting::doubled);
  CHECK(quoting_of("echo \"$(cat 'X')\"", "X") == Quoting::single);
  CHECK(quoting_of("echo \"$(cat Y) X\"", "Y") == Quoting::plain);
  CHECK(quoting_of("echo \"$(cat Y) X\"", "X") == Quoting::doubled);
  CHECK(quoting_of("# don't\nX", "X") == Quoting::plain);
  CHECK(quoting_of("a # X", "X") == Quoting::comment);
  CHECK(quoting_of("cat <<'END'\n\"X\nEND\nY", "X") == Quoting::heredoc);
  CHECK(quoting_of("cat <<'END'\n\"X\nEND\nY", "Y") == Quoting::plain);
  CHECK(quoting_of("cat <<-E >f\n\t'\n\tE\nY", "Y") == Quoting::plain);
  CHECK(quoting_of("cat <<<\"X\"\nY", "X") == Quoting::doubled);
  CHECK(quoting_of("case $a in x) echo 'X';; esac", "X") == Quoting::single);
}
