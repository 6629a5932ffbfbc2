// `crun run` from outside: small workflows on this machine, without an engine.

#include <algorithm>
#include <string>

#include "tests/catch.hpp"
#include "tests/runner/cli/called_program.hpp"

namespace crun::tests {
namespace {

using Catch::Matchers::ContainsSubstring;

std::string one_job(const std::string& steps) {
  return "on: push\njobs:\n  only:\n    runs-on: ubuntu-latest\n    steps:\n" + steps;
}

}  // namespace

TEST_CASE("crun run: outputs travel over needs into a matrix and its names", "[cli]") {
  const CalledProgram crun(R"yaml(on: push
jobs:
  first:
    runs-on: ubuntu-latest
    outputs: {items: "${{ steps.make.outputs.items }}"}
    steps:
      - id: make
        run: echo 'items=["a/b", "c"]' >> "$GITHUB_OUTPUT"
  legs:
    needs: first
    runs-on: ubuntu-latest
    strategy:
      matrix: {item: "${{ fromJSON(needs.first.outputs.items) }}"}
    steps:
      - run: echo "item ${{ matrix.item }} of ${{ strategy.job-total }}"
)yaml");
  const auto called = crun.run({});
  CHECK(called.code == 0);
  CHECK(called.conclusion("legs (a/b)") == "success");
  CHECK(called.conclusion("legs (c)") == "success");
  CHECK(called.said("item a/b of 2"));
  CHECK(called.events.front()["event"] == "run.started");
  CHECK(called.events.back()["event"] == "run.finished");
  CHECK(crun.leftovers().empty());
}

TEST_CASE(
    "crun run: a failed step fails the run, always() and failure() steps still run", "[cli]") {
  const CalledProgram crun(one_job(R"yaml(      - run: exit 3
      - run: echo not-this
      - {if: failure(), run: echo on-failure}
      - {if: always(), run: "echo always ${{ job.status }}"}
)yaml"));
  const auto called = crun.run({});
  CHECK(called.code == 1);
  CHECK_FALSE(called.said("not-this"));
  CHECK(called.said("on-failure"));
  CHECK(called.said("always failure"));
}

TEST_CASE("crun run: a secret is masked in every event and in the journal", "[cli]") {
  const CalledProgram crun(one_job(R"yaml(      - run: echo "it is ${{ secrets.TOKEN }}"
      - env: {T: "${{ secrets.TOKEN }}"}
        run: printf %s "$T" | base64; echo "env $T"
      - run: |
          cat <<'END'
          ${{ secrets.TOKEN }}
          END
)yaml"));
  const std::string secret = "tuna+melt/7731";
  const auto called = crun.run({"-s", "TOKEN"}, {{"TOKEN", secret}});
  CHECK(called.code == 0);
  CHECK(called.said("it is ***"));
  CHECK(called.said("env ***"));
  CHECK(called.said("***"));
  CHECK(called.out.find(secret) == std::string::npos);
  CHECK(called.out.find("dHVuYSttZWx0") == std::string::npos);
  const auto found = shell(
      crun.repository.beside("."), "grep -rlF '" + secret + "' state cache runtime tmp || true");
  CHECK(found.out.empty());
}

TEST_CASE("crun run: steps do not inherit the secrets' variables", "[cli]") {
  const CalledProgram crun(one_job("      - run: echo \"[${TOKEN-none}]\"\n"));
  CHECK(crun.run({"-s", "TOKEN"}, {{"TOKEN", "abcdef123"}}).said("[none]"));
}

TEST_CASE("crun run: act mode gives the tree as it is, --no-act the commit", "[cli]") {
  const CalledProgram crun(one_job(R"yaml(      - run: test -z "$(ls -A)"
      - uses: actions/checkout@v4
      - run: echo "$(cat README.md) $(cat new 2>/dev/null) act=$ACT"
)yaml"));
  crun.repository.write("README.md", "changed\n");
  crun.repository.write("new", "untracked\n");
  CHECK(crun.run({}).said("changed untracked act=true"));
  CHECK(crun.run({"--no-act"}).said("hello  act="));
  CHECK(crun.repository.run("cat README.md") == "changed");
  CHECK(crun.leftovers().empty());
}

TEST_CASE(
    "crun run: a composite action has inputs, outputs and an environment of its own", "[cli]") {
  const CalledProgram crun(one_job(R"yaml(      - uses: actions/checkout@v4
      - id: greet
        uses: ./greet
        with: {who: world}
      - run: echo "said ${{ steps.greet.outputs.text }} shared=$SHARED private=$PRIVATE"
)yaml"));
  crun.repository.write("greet/action.yml", R"yaml(name: greet
description: greets
inputs:
  who: {default: nobody}
  mark: {default: "!"}
outputs:
  text: {value: "${{ steps.say.outputs.text }}"}
runs:
  using: composite
  steps:
    - id: say
      shell: bash
      env: {PRIVATE: "1"}
      run: |
        echo "text=hello ${{ inputs.who }}${{ inputs.mark }}" >> "$GITHUB_OUTPUT"
        echo "SHARED=$PRIVATE" >> "$GITHUB_ENV"
)yaml");
  CHECK(crun.run({}).said("said hello world! shared=1 private="));
}

TEST_CASE("crun run: an event that does not fire runs nothing and says why", "[cli]") {
  const CalledProgram crun(
      "on: {push: {branches: [release]}}\n" + one_job("      - run: echo ran\n").substr(9));
  const auto called = crun.run({"--event", "push"});
  CHECK(called.code == 0);
  CHECK(called.events.back()["conclusion"] == "not_triggered");
  CHECK_THAT(called.err, ContainsSubstring("release"));
  CHECK_THAT(called.err, ContainsSubstring("--force"));
  CHECK(crun.run({"--event", "push", "--force"}).said("ran"));
}

TEST_CASE("crun run: a wrong call or workflow is exit code 2 and runs nothing", "[cli]") {
  const CalledProgram crun(one_job("      - run: echo ran\n"));
  for (const auto& options : std::vector<std::vector<std::string>>{
           {"--job", "nowhere"},
           {"--ref", "no-such-ref"},
           {"--frobnicate"},
           {"--var", "novalue"},
           {"none.yaml"},
           {"-s", "NOT_IN_THE_ENVIRONMENT"}}) {
    std::vector<std::string> arguments = {CRUN_PROGRAM, "run"};
    arguments.insert(arguments.end(), options.begin(), options.end());
    const auto called = crun.call(arguments);
    INFO(options.back());
    CHECK(called.code == 2);
    CHECK_THAT(called.err, ContainsSubstring(options.back()));
    CHECK(called.out.find("ran") == std::string::npos);
  }
  const CalledProgram broken(
      "on: push\njobs:\n  a:\n    runs-on: x\n    needs: b\n    steps: []\n");
  const auto called = broken.run({});
  CHECK(called.code == 2);
  CHECK_THAT(called.err, ContainsSubstring(".github/workflows/w.yaml:5:"));
  CHECK(called.events.back()["conclusion"] == "invalid");
}

TEST_CASE("crun run: a time limit ends a step as a failure", "[cli]") {
  const CalledProgram crun(one_job(R"yaml(      - {run: sleep 30, timeout-minutes: 0.01}
      - {if: failure(), run: echo cleaned}
)yaml"));
  const auto called = crun.run({});
  CHECK(called.code == 1);
  CHECK(called.said("cleaned"));
  CHECK_THAT(called.out, ContainsSubstring("has timed out after 0.01 minutes"));
}

TEST_CASE("crun run: a job whose time is over makes the run a cancelled one, no success", "[cli]") {
  const CalledProgram crun(R"yaml(on: push
jobs:
  slow:
    runs-on: ubuntu-latest
    timeout-minutes: 0.005
    steps:
      - run: sleep 60
  after:
    if: always()
    needs: slow
    runs-on: ubuntu-latest
    steps:
      - run: echo "slow was ${{ needs.slow.result }}"
)yaml");
  const auto called = crun.run({});
  CHECK(called.code == 1);
  CHECK(called.said("slow was cancelled"));
  CHECK(called.events.back()["conclusion"] == "cancelled");
}

TEST_CASE("crun run: an unknown action fails its job and names the cure", "[cli]") {
  const CalledProgram crun(one_job("      - uses: nobody/nothing@v1\n      - run: echo after\n"));
  const auto called = crun.run({});
  CHECK(called.code == 1);
  CHECK_FALSE(called.said("after"));
  CHECK_THAT(called.out, ContainsSubstring("nobody/nothing@v1"));
}

TEST_CASE("crun run: a commit that no known tag points to is run, with a warning", "[cli]") {
  const std::string commit(40, 'a');
  const CalledProgram crun(one_job("      - uses: actions/checkout@" + commit + "\n"));
  const auto called = crun.run({});
  CHECK(called.code == 0);
  const auto warned =
      std::find_if(called.events.begin(), called.events.end(), [](const auto& event) {
        return event["event"] == "annotation" && event["level"] == "warning";
      });
  REQUIRE(warned != called.events.end());
  CHECK_THAT((*warned)["message"].get<std::string>(), ContainsSubstring(commit));
  CHECK_THAT((*warned)["message"].get<std::string>(), ContainsSubstring("newest version it knows"));

  const CalledProgram known(one_job("      - uses: actions/checkout@v4\n"));
  for (const auto& event : known.run({}).events) CHECK(event["event"] != "annotation");
}

TEST_CASE("crun run: the run's own name, and where its jobs deploy to", "[cli]") {
  const CalledProgram crun(R"(run-name: Deploy ${{ inputs.what }} by ${{ github.actor }}
on: {workflow_dispatch: {inputs: {what: {type: string}}}}
jobs:
  only:
    runs-on: ubuntu-latest
    environment: {name: "stage-${{ inputs.what }}", url: "http://x/${{ steps.a.outputs.at }}"}
    steps:
      - {id: a, run: echo at=here >> $GITHUB_OUTPUT}
)");
  const auto called =
      crun.run({"--event", "workflow_dispatch", "--input", "what=site", "--actor", "mona"});
  INFO(called.out << called.err);
  CHECK(called.code == 0);
  CHECK(called.events.at(0)["title"] == "Deploy site by mona");
  CHECK(called.said("environment stage-site: http://x/here"));
}

TEST_CASE("crun list and plan tell of a workflow and run nothing", "[cli]") {
  const CalledProgram crun("name: The One\n" + one_job("      - run: echo ran\n"));
  CHECK_THAT(crun.call({CRUN_PROGRAM, "list"}).out, ContainsSubstring("The One"));
  const auto plan = crun.call({CRUN_PROGRAM, "plan", "The One"});
  CHECK(plan.code == 0);
  CHECK_THAT(plan.out, ContainsSubstring("only"));
  CHECK(plan.out.find("ran\n") == std::string::npos);
}

}  // namespace crun::tests
