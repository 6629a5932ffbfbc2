#include "executor/step/script_text.hpp"

#include <string>

#include "executor/process/command.hpp"
#include "tests/catch.hpp"
#include "workflow/expression/token.hpp"

namespace crun::executor {
namespace {

ShellPlace place_after(std::string_view script) {
  ShellReader reader;
  reader.read(script);
  return reader.place();
}

// Fills `${{ secrets.X }}` in a script with a secret, runs it with a real bash, gives its output.
std::string output_of(std::string_view script, const std::string& secret) {
  const workflow::ExpressionNames names{{"secrets"}, {}};
  const auto pieces = workflow::split_text(script, names);
  std::vector<std::string> values;
  for (const auto& piece : pieces) {
    if (piece.expression) values.push_back(secret);
  }
  const auto filled = fill_script(pieces, values, true, [](const std::string&) { return true; });
  REQUIRE_FALSE(filled.holds_secret);
  CHECK(filled.text.find(secret) == std::string::npos);
  Environment environment{{"PATH", "/usr/bin:/bin"}};
  environment.merge(filled.variables);
  Command command;
  command.argv = {"bash", "-e"};
  command.environment = environment;
  command.input = filled.text;
  return run_command(command).out;
}

}  // namespace

TEST_CASE("shell reader: knows the quotes around a place", "[step]") {
  CHECK(place_after("echo ") == ShellPlace::plain);
  CHECK(place_after("echo \"a ") == ShellPlace::double_quoted);
  CHECK(place_after("echo 'a ") == ShellPlace::single_quoted);
  CHECK(place_after("echo $'a ") == ShellPlace::ansi_quoted);
  CHECK(place_after("echo \"it's\" ") == ShellPlace::plain);
  CHECK(place_after("echo \\' ") == ShellPlace::plain);
  CHECK(place_after("echo \"$(cat '") == ShellPlace::single_quoted);
  CHECK(place_after("echo \"$(cat ') x') ") == ShellPlace::double_quoted);
  CHECK(place_after("echo \"${A:-") == ShellPlace::plain);
  CHECK(place_after("# it's ") == ShellPlace::comment);
  CHECK(place_after("# it's\necho ") == ShellPlace::plain);
  CHECK(place_after("echo a#b ") == ShellPlace::plain);
  CHECK(place_after("case x in a) echo ") == ShellPlace::plain);
}

TEST_CASE("shell reader: knows here-documents", "[step]") {
  CHECK(place_after("cat <<END\n") == ShellPlace::double_quoted);
  CHECK(place_after("cat <<'END'\n") == ShellPlace::literal_heredoc);
  CHECK(place_after("cat <<-\"END\"\n") == ShellPlace::literal_heredoc);
  CHECK(place_after("cat <<\\END\nit's\n") == ShellPlace::literal_heredoc);
  CHECK(place_after("cat <<END\nit's\nEND\n") == ShellPlace::plain);
  CHECK(place_after("cat <<-END\n\tEND\n") == ShellPlace::plain);
  CHECK(place_after("cat <<A <<'B'\nA\n") == ShellPlace::literal_heredoc);
  CHECK(place_after("cat <<<word ") == ShellPlace::plain);
}

TEST_CASE("script text: a secret arrives whole from every place, and is in no script", "[step]") {
  const std::string secret = "a'b\"c$d`e\\f*g";
  const std::string line = secret + "\n";
  CHECK(output_of("echo ${{ secrets.X }}", secret) == line);
  CHECK(output_of("echo \"${{ secrets.X }}\"", secret) == line);
  CHECK(output_of("echo '${{ secrets.X }}'", secret) == line);
  CHECK(output_of("echo $'${{ secrets.X }}'", secret) == line);
  CHECK(output_of("cat <<END\n${{ secrets.X }}\nEND\n", secret) == line);
  CHECK(output_of("echo \"$(echo '${{ secrets.X }}')\"", secret) == line);
  CHECK(output_of("A=${{ secrets.X }}\necho \"$A\"", secret) == line);
}

TEST_CASE(
    "script text: an unquoted secret is split at blanks, as GitHub's text would be", "[step]") {
  CHECK(output_of("for i in ${{ secrets.X }}; do echo $i; done", "one two") == "one\ntwo\n");
}

TEST_CASE("script text: where the shell expands nothing the text holds the secret", "[step]") {
  const workflow::ExpressionNames names{{"secrets"}, {}};
  const auto pieces = workflow::split_text("cat <<'END'\n${{ secrets.X }}\nEND\n", names);
  const auto filled = fill_script(pieces, {"s3cret"}, true, [](const auto&) { return true; });
  CHECK(filled.holds_secret);
  CHECK(filled.text == "cat <<'END'\ns3cret\nEND\n");
}

TEST_CASE("script text: values that are no secrets are put in as text, as on GitHub", "[step]") {
  const workflow::ExpressionNames names{{"github"}, {}};
  const auto pieces = workflow::split_text("echo ${{ github.ref }}", names);
  const auto filled = fill_script(pieces, {"main; ls"}, true, [](const auto&) { return false; });
  CHECK(filled.text == "echo main; ls");
  CHECK(filled.variables.empty());
}

}  // namespace crun::executor
