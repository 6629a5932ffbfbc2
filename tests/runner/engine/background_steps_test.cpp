// Steps beside others: what they set is seen once they were waited for, and never before.
#include "tests/catch.hpp"
#include "tests/runner/cli/called_program.hpp"

using crun::tests::CalledProgram;
using crun::tests::job_of;

TEST_CASE("background steps: what they set is the job's once they were waited for", "[engine]") {
  const CalledProgram crun(job_of(R"(      - id: server
        background: true
        run: |
          echo port=8080 >> $GITHUB_OUTPUT
          echo MODE=ready >> $GITHUB_ENV
          touch begun
          while [ ! -e go-on ]; do sleep 0.05; done
      - run: while [ ! -e begun ]; do sleep 0.05; done
      - run: echo "before '${{ steps.server.outputs.port }}' '$MODE'"; sleep 0.2; touch go-on
      - wait: server
      - run: echo "after '${{ steps.server.outputs.port }}' '$MODE' ${{ steps.server.outcome }}"
)"));
  const auto called = crun.run({});
  INFO(called.out << called.err);
  CHECK(called.code == 0);
  CHECK(called.said("before '' ''"));
  CHECK(called.said("after '8080' 'ready' success"));
}

TEST_CASE("background steps: a failure is the job's where it is waited for", "[engine]") {
  const CalledProgram crun(job_of(R"(      - id: flaky
        background: true
        run: exit 3
      - run: sleep 0.3; echo still-good ${{ job.status }}
      - wait: flaky
      - run: echo never
      - if: failure()
        run: echo rescued ${{ steps.flaky.outcome }}
)"));
  const auto called = crun.run({});
  INFO(called.out << called.err);
  CHECK(called.code == 1);
  CHECK(called.said("still-good success"));
  CHECK(called.said("rescued failure"));
  CHECK_FALSE(called.said("never"));
}

TEST_CASE("background steps: one that nobody waits for counts before the job ends", "[engine]") {
  const CalledProgram crun(
      job_of("      - {background: true, id: late, run: sleep 0.3; exit 1}\n"
             "      - run: echo main-is-through\n"));
  const auto called = crun.run({});
  INFO(called.out << called.err);
  CHECK(called.code == 1);
  CHECK(called.said("main-is-through"));
}

TEST_CASE("background steps: a cancelled one ends, and its end counts for nothing", "[engine]") {
  const CalledProgram crun(job_of(R"(      - id: server
        background: true
        run: echo serving; exec sleep 300
      - run: sleep 0.3
      - cancel: server
      - run: echo "${{ steps.server.outcome }} ${{ job.status }}"
)"));
  const auto called = crun.run({});
  INFO(called.out << called.err);
  CHECK(called.code == 0);
  CHECK(called.said("cancelled success"));
  CHECK(crun.leftovers() == "");
}

TEST_CASE("background steps: a parallel group runs side by side and ends as one", "[engine]") {
  const CalledProgram crun(job_of(R"(      - parallel:
          - id: left
            run: |
              touch left; while [ ! -e right ]; do sleep 0.05; done
              echo word=l >> $GITHUB_OUTPUT
          - id: right
            run: |
              touch right; while [ ! -e left ]; do sleep 0.05; done
              echo word=r >> $GITHUB_OUTPUT
      - run: echo "${{ steps.left.outputs.word }}${{ steps.right.outputs.word }}"
)"));
  const auto called = crun.run({});
  INFO(called.out << called.err);
  CHECK(called.code == 0);
  CHECK(called.said("lr"));
}

TEST_CASE("background steps: no more than ten at once", "[engine]") {
  std::string steps;
  for (int step = 0; step < 12; ++step) {
    steps +=
        "      - background: true\n        run: mkdir -p at; touch at/$$; ls at | wc -l; sleep "
        "0.4; "
        "rm at/$$\n";
  }
  const CalledProgram crun(job_of(steps));
  const auto called = crun.run({});
  INFO(called.out << called.err);
  CHECK(called.code == 0);
  CHECK(called.said("10"));
  CHECK_FALSE(called.said("11"));
}
