// What the contexts say while steps run, as GitHub documents it.
#include "tests/catch.hpp"
#include "tests/runner/cli/called_program.hpp"

using crun::tests::CalledProgram;
using crun::tests::job_of;

TEST_CASE("contexts: github names the files that the step's commands go to", "[engine]") {
  const CalledProgram crun(job_of(R"(      - id: first
        run: |
          echo 'a=1' >> '${{ github.output }}'
          echo 'B=2' >> '${{ github.env }}'
          echo /from/context >> '${{ github.path }}'
          test '${{ github.output }}' = "$GITHUB_OUTPUT"
          test '${{ github.step_summary }}' = "$GITHUB_STEP_SUMMARY"
          test '${{ github.state }}' = "$GITHUB_STATE"
      - run: echo "${{ steps.first.outputs.a }} $B ${PATH%%:*}"
)"));
  const auto called = crun.run({});
  INFO(called.out << called.err);
  CHECK(called.code == 0);
  CHECK(called.said("1 2 /from/context"));
}

TEST_CASE("contexts: steps has no entry for a step without an id", "[engine]") {
  const CalledProgram crun(job_of(R"(      - run: echo first
      - {id: named, run: echo second}
      - run: echo "${{ join(steps.*.outcome) }} ${{ steps.named.outcome }} [${{ steps.__run }}]"
)"));
  const auto called = crun.run({});
  INFO(called.out << called.err);
  CHECK(called.said("success success []"));
}

TEST_CASE("contexts: job tells the file that the job stands in", "[engine]") {
  const CalledProgram crun(R"(on: push
jobs:
  own:
    runs-on: ubuntu-latest
    steps:
      - run: |
          echo "own ${{ job.workflow_repository }} ${{ job.workflow_file_path }}"
          test ${{ job.workflow_ref }} = "$GITHUB_WORKFLOW_REF"
          test ${{ job.workflow_sha }} = "$GITHUB_WORKFLOW_SHA"
  call:
    uses: ./.github/workflows/called.yml
)");
  crun.repository.write(".github/workflows/called.yml", R"(on: workflow_call
jobs:
  inner:
    runs-on: ubuntu-latest
    steps:
      - run: |
          echo "called ${{ job.workflow_file_path }} ${{ job.workflow_ref }}"
          echo "by $GITHUB_WORKFLOW_REF"
)");
  const auto called = crun.run({"w.yaml"});
  INFO(called.out << called.err);
  CHECK(called.code == 0);
  CHECK(called.said("own local/repository .github/workflows/w.yaml"));
  CHECK(
      called.said("called .github/workflows/called.yml "
                  "local/repository/.github/workflows/called.yml@refs/heads/main"));
  CHECK(called.said("by local/repository/.github/workflows/w.yaml@refs/heads/main"));
}

TEST_CASE("contexts: repositoryUrl is the git one", "[engine]") {
  const CalledProgram crun(job_of("      - run: echo ${{ github.repositoryUrl }}\n"));
  CHECK(crun.run({}).said("git://github.com/local/repository.git"));
}

TEST_CASE("contexts: ACTIONS_STEP_DEBUG may be a variable; a secret outweighs it", "[engine]") {
  const CalledProgram crun(job_of("      - run: echo debug=${{ runner.debug }}$RUNNER_DEBUG\n"));
  CHECK(crun.run({"--var", "ACTIONS_STEP_DEBUG=True"}).said("debug=11"));
  CHECK(crun.run(
                {"--var", "ACTIONS_STEP_DEBUG=true", "-s", "ACTIONS_STEP_DEBUG"},
                {{"ACTIONS_STEP_DEBUG", "false"}})
            .said("debug="));
}

TEST_CASE("contexts: a step's own env allows it the unsecure commands", "[engine]") {
  const CalledProgram crun(job_of(R"(      - env: {ACTIONS_ALLOW_UNSECURE_COMMANDS: true}
        run: echo "::set-env name=WORD::allowed"
      - run: echo "it is $WORD"
)"));
  const auto called = crun.run({});
  INFO(called.out << called.err);
  CHECK(called.code == 0);
  CHECK(called.said("it is allowed"));
}
