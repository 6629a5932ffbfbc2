#include <string>

#include "tests/catch.hpp"
#include "workflow/model/action.hpp"

using namespace crun::workflow;

namespace {

ActionPtr read(
    const std::string& text, Diagnostics& diagnostics, const ActionReaderOptions& options = {}) {
  const auto source = std::make_shared<SourceFile>("action.yml", text);
  return read_action(source, diagnostics, options);
}

std::string first_finding(const std::string& text, const ActionReaderOptions& options = {}) {
  Diagnostics diagnostics;
  read(text, diagnostics, options);
  return diagnostics.all().empty() ? "" : diagnostics.all().front().message;
}

}  // namespace

TEST_CASE("action reader: a composite action", "[model]") {
  Diagnostics diagnostics;
  const auto action = read(
      R"(name: Setup
description: Sets up
inputs:
  install-go: {description: With Go, required: true, default: 'true'}
  token: {default: '${{ github.token }}', deprecationMessage: unused}
outputs:
  version: {value: '${{ steps.v.outputs.x }}'}
runs:
  using: composite
  steps:
    - uses: actions/setup-go@v5
      if: inputs.install-go == 'true'
    - id: v
      run: echo
      shell: bash
)",
      diagnostics);
  CHECK(render(diagnostics) == "");
  REQUIRE(action);
  CHECK(action->kind == Action::Kind::composite);
  REQUIRE(action->inputs.size() == 2);
  CHECK(action->find_input("INSTALL-GO")->required);
  CHECK(action->inputs[1].default_value->kind == Token::Kind::expression);
  CHECK(action->inputs[1].deprecation_message == "unused");
  CHECK(action->outputs.front().value->kind == Token::Kind::expression);
  REQUIRE(action->steps.size() == 2);
  CHECK(action->steps[0].id == "__actions_setup-go");
  CHECK(
      action->steps[0].condition->expression.text() ==
      "success() && (inputs.install-go == 'true')");
}

TEST_CASE("action reader: node and docker actions with their hooks", "[model]") {
  Diagnostics diagnostics;
  const auto node = read(
      "runs: {using: NODE20, main: m.js, pre: p.js, post: q.js, post-if: failure()}", diagnostics);
  REQUIRE(node);
  CHECK(node->kind == Action::Kind::node);
  CHECK(node->pre_if->expression.text() == "always()");
  CHECK(node->post_if->expression.text() == "failure()");
  const auto docker = read(
      "runs: {using: docker, image: Dockerfile, args: ['${{ inputs.a }}'], env: {A: b}}",
      diagnostics);
  REQUIRE(docker);
  CHECK(docker->kind == Action::Kind::docker);
  CHECK(docker->args->items.front()->kind == Token::Kind::expression);
}

TEST_CASE("action reader: what the runner refuses", "[model]") {
  CHECK(
      first_finding("runs: {using: composite, steps: [{run: x}]}") ==
      "Required property is missing: shell");
  CHECK(first_finding("name: x") == "Required property is missing: runs");
  CHECK(first_finding("runs: {using: node99, main: m.js}").starts_with("'using: node99' is not"));
  CHECK(first_finding("runs: {using: composite, steps: [{run: '${{ secrets.x }}', shell: sh}]}")
            .starts_with("Unrecognized named-value: 'secrets'"));
}

TEST_CASE("action reader: strict, an action needs a name and has no other keys", "[model]") {
  const std::string text = "runs: {using: node20, main: m.js}";
  CHECK(first_finding(text) == "");
  ActionReaderOptions strict;
  strict.strict = true;
  CHECK(first_finding(text, strict) == "Required property is missing: name");
  CHECK(first_finding("icon: x\n" + text) == "");
  CHECK(first_finding("icon: x\n" + text, strict) == "Unexpected value 'icon'");
}
