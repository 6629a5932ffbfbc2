// What composite actions and the actions in them are told: by the contexts, by the environment.
#include "tests/catch.hpp"
#include "tests/runner/cli/called_program.hpp"

using crun::tests::CalledProgram;
using crun::tests::job_with_files;

namespace {

std::string composite(const std::string& inputs, const std::string& steps) {
  return "name: it\ndescription: does\ninputs:\n" + inputs +
         "runs:\n  using: composite\n  steps:\n" + steps;
}

/// The option that makes a folder of the repository the action octo/tool@v3.
std::vector<std::string> as_tool(const CalledProgram& crun, const std::string& folder) {
  return {"--action", "octo/tool@v3=" + (crun.repository.path() / folder).string()};
}

}  // namespace

TEST_CASE("composite actions: GITHUB_ACTION stays that of the job's step", "[engine]") {
  const CalledProgram crun(job_with_files("      - {id: outer, uses: ./tool}\n"));
  crun.repository.write("tool/action.yml", composite("  a: {}\n", R"(    - id: inner
      shell: bash
      run: echo "$GITHUB_ACTION ${{ github.action }}"
)"));
  CHECK(crun.run({}).said("outer outer"));
}

TEST_CASE("composite actions: an input that is not declared is there, with a warning", "[engine]") {
  const CalledProgram crun(job_with_files("      - {uses: ./tool, with: {extra: 7}}\n"));
  crun.repository.write(
      "tool/action.yml",
      composite("  a: {}\n", "    - {shell: bash, run: \"echo it is ${{ inputs.extra }}\"}\n"));
  const auto called = crun.run({});
  CHECK(called.said("it is 7"));
  CHECK(called.said("Unexpected input(s) 'extra', valid inputs are ['a']"));
}

TEST_CASE(
    "composite actions: whose action it is tell defaults and env, but not scripts", "[engine]") {
  const CalledProgram crun(job_with_files("      - uses: octo/tool@v3\n"));
  crun.repository.write(
      "tool/action.yml",
      composite(
          "  who: {default: \"${{ github.action_repository }}@${{ github.action_ref }}\"}\n",
          R"(    - shell: bash
      env: {OF_ENV: "${{ github.action_repository }}@${{ github.action_ref }}"}
      run: |
        echo "input ${{ inputs.who }}, env $OF_ENV"
        echo "script [${{ github.action_ref }}$GITHUB_ACTION_REF$GITHUB_ACTION_REPOSITORY]"
)"));
  const auto called = crun.run(as_tool(crun, "tool"));
  INFO(called.out << called.err);
  CHECK(called.said("input octo/tool@v3, env octo/tool@v3"));
  CHECK(called.said("script []"));
}

TEST_CASE("composite actions: a post stage reads inputs again, in its own frame", "[engine]") {
  if (!crun::tests::has_node()) {
    WARN("skipped: there is no node of version 20 or newer");
    return;
  }
  const CalledProgram crun(job_with_files(R"(      - uses: octo/tool@v3
        with: {word: "${{ env.WORD }}"}
      - uses: ./around
        with: {word: around}
      - run: echo WORD=later >> "$GITHUB_ENV"
)"));
  crun.repository.write("tool/action.yml", R"(name: it
description: does
inputs: {word: {}}
runs: {using: node20, main: main.js, post: main.js}
)");
  crun.repository.write("tool/main.js", "console.log(`word=${process.env.INPUT_WORD}.`);\n");
  crun.repository.write(
      "around/action.yml",
      composite(
          "  word: {}\n", R"(    - {shell: bash, id: make, run: "echo w=made >> $GITHUB_OUTPUT"}
    - uses: octo/tool@v3
      with: {word: "${{ inputs.word }}-${{ steps.make.outputs.w }}-${{ env.WORD }}"}
)"));
  const auto called = crun.run(as_tool(crun, "tool"));
  INFO(called.out << called.err);
  CHECK(called.code == 0);
  CHECK(called.said("word=."));
  CHECK(called.said("word=later."));
  CHECK(called.said("word=around-made-."));
  CHECK(called.said("word=around-made-later."));
}

TEST_CASE("composite actions: what a nested step stops or allows is its own affair", "[engine]") {
  const CalledProgram crun(job_with_files("      - uses: ./tool\n"));
  crun.repository.write("tool/action.yml", composite("  a: {}\n", R"(    - shell: bash
      run: echo "::stop-commands::a-long-token"
    - {shell: bash, id: next, run: "echo ::set-output name=word::heard"}
    - shell: bash
      env: {ACTIONS_ALLOW_UNSECURE_COMMANDS: true}
      run: echo "::set-env name=WORD::allowed"
    - {shell: bash, run: "echo ${{ steps.next.outputs.word }} and $WORD"}
    - shell: bash
      run: echo "::set-env name=WORD::refused"
)"));
  const auto called = crun.run({});
  INFO(called.out << called.err);
  CHECK(called.said("heard and allowed"));
  CHECK(called.said("Unable to process command '::set-env name=WORD::refused' successfully."));
}

TEST_CASE("composite actions: after what cannot be evaluated outputs are still given", "[engine]") {
  const CalledProgram crun(
      job_with_files(R"(      - {id: tool, uses: ./tool, continue-on-error: true}
      - run: echo "${{ steps.tool.outcome }} with ${{ steps.tool.outputs.word }}"
)"));
  crun.repository.write("tool/action.yml", R"(name: it
description: does
outputs: {word: {value: "${{ steps.first.outputs.word }}"}}
runs:
  using: composite
  steps:
    - {shell: bash, id: first, run: echo word=given >> $GITHUB_OUTPUT}
    - {shell: bash, run: echo no-env, env: {A: "${{ fromJSON('') }}"}}
    - {shell: bash, run: echo cleaned-up, if: always()}
    - {shell: bash, run: echo no-condition, if: always() && fromJSON('')}
    - {shell: bash, run: echo never, if: always()}
)");
  const auto called = crun.run({});
  INFO(called.out << called.err);
  CHECK(called.said("failure with given"));
  CHECK(called.said("cleaned-up"));
  CHECK_FALSE(called.said("no-env"));
  CHECK_FALSE(called.said("never"));
}
