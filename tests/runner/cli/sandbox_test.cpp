// `crun run --sandbox`: what steps can reach of the machine, themselves and through what runs
// outside for their job.
#include <filesystem>
#include <fstream>

#include "tests/catch.hpp"
#include "tests/runner/cli/called_program.hpp"

namespace crun::tests {

namespace {

bool has_bubblewrap() {
  if (shell(".", "bwrap --ro-bind / / --unshare-pid true 2>/dev/null").code == 0) return true;
  WARN("skipped: bubblewrap is not there, or may not make a sandbox here");
  return false;
}

}  // namespace

TEST_CASE("crun run --sandbox: steps see the machine read-only, and leave nothing", "[cli]") {
  if (!has_bubblewrap()) return;
  const CalledProgram crun(job_with_files(R"yaml(      - id: a
        run: |
          touch "$GITHUB_WORKSPACE/mine" "$RUNNER_TEMP/mine" "$HOME/mine" /tmp/mine
          if touch "$OUTSIDE/theirs" 2>/dev/null; then echo wrote-outside; fi
          if touch /etc/crun-test-was-here 2>/dev/null; then echo wrote-the-machine; fi
          pattern=/proc/sys/kernel/core_pattern
          if cat $pattern > /tmp/same && cat /tmp/same 2>/dev/null > $pattern; then echo wrote-the-kernel; fi
          git log --oneline | grep -c workflow
          (setsid sleep 300 > /dev/null 2>&1 &)
          echo word=out >> $GITHUB_OUTPUT
      - run: echo "from ${{ steps.a.outputs.word }} $(ls /tmp/mine)"
)yaml"));
  crun::executor::Environment environment;
  environment.set("OUTSIDE", crun.repository.beside("state").string());
  const auto called = crun.run({"--sandbox"}, environment);
  INFO(called.out << called.err);
  CHECK(called.code == 0);
  CHECK(called.said("from out /tmp/mine"));
  CHECK_FALSE(called.said("wrote-outside"));
  CHECK_FALSE(called.said("wrote-the-machine"));
  CHECK_FALSE(called.said("wrote-the-kernel"));
  CHECK_FALSE(std::filesystem::exists("/tmp/mine"));
  CHECK(crun.leftovers() == "");
}

TEST_CASE("crun run --sandbox: a step leaves nothing that built-in actions run outside", "[cli]") {
  if (!has_bubblewrap()) return;
  const CalledProgram crun(job_with_files(R"yaml(      - run: |
          mkdir trap
          printf '#!/bin/sh\ntouch "$OUTSIDE"\nexec /usr/bin/git "$@"\n' > trap/git
          chmod +x trap/git
          echo "$PWD/trap" >> $GITHUB_PATH
          echo "PATH=$PWD/trap:$PATH" >> $GITHUB_ENV
          echo changed >> .github/workflows/w.yaml
          git config core.fsmonitor "touch '$OUTSIDE'; false"
          git config filter.trap.clean "touch '$OUTSIDE'; cat"
          echo '* filter=trap' > .git/info/attributes
      - id: filter
        uses: dorny/paths-filter@v3
        with: {base: HEAD, list-files: csv, filters: "any: ['**']"}
      - uses: docker/metadata-action@v5
        with: {images: a/b, context: git}
      - run: echo "found ${{ steps.filter.outputs.any_files }}"
)yaml"));
  const auto outside = crun.repository.beside("tmp") / "outside";
  const auto called = crun.run({"--sandbox"}, {{"OUTSIDE", outside.string()}});
  INFO(called.out << called.err);
  CHECK(called.code == 0);
  CHECK(called.said("found .github/workflows/w.yaml"));
  CHECK_FALSE(std::filesystem::exists(outside));
}

TEST_CASE("crun run --sandbox: a process left behind adds nothing to built-in actions", "[cli]") {
  if (!has_bubblewrap()) return;
  const CalledProgram crun(job_with_files(R"yaml(      - run: |
          mkdir trap
          printf '#!/bin/sh\ntouch "$OUTSIDE"\nexec /usr/bin/git "$@"\n' > trap/git
          chmod +x trap/git
          cd "$(dirname "$GITHUB_ENV")"
          line="PATH=$GITHUB_WORKSPACE/trap:$PATH"
          (setsid sh -c "while :; do for f in set_env_*; do echo '$line' >> \$f; done; done" >/dev/null 2>&1 &)
      - uses: docker/metadata-action@v5
        with: {images: a/b, context: git}
      - uses: docker/metadata-action@v5
        with: {images: a/b, context: git}
)yaml"));
  const auto outside = crun.repository.beside("tmp") / "outside";
  const auto called = crun.run({"--sandbox"}, {{"OUTSIDE", outside.string()}});
  INFO(called.out << called.err);
  CHECK_FALSE(std::filesystem::exists(outside));
}

TEST_CASE("crun run --sandbox: a step reaches no socket of the machine or another job", "[cli]") {
  if (!has_bubblewrap()) return;
  const CalledProgram crun(job_of(R"yaml(      - run: |
          echo "run: $(ls -A /run)."
          echo "jobs: $(ls -A "$RUNTIME"/*/)."
          touch "$(dirname "$CRUN_CREDENTIALS")/mine" 2>/dev/null && echo wrote-beside-the-socket
          printf x | docker-credential-crun get | grep -c 'not found'
          if [ "$(id -u)" = 0 ] && ip link add crun-test type dummy 2>/dev/null; then echo made-a-link; fi
)yaml"));
  const auto runtime = crun.repository.beside("runtime") / "crun";
  std::filesystem::create_directories(runtime / "other" / "job");
  const auto called = crun.run({"--sandbox"}, {{"RUNTIME", runtime.string()}});
  shell(".", "ip link delete crun-test 2>/dev/null || true");
  INFO(called.out << called.err);
  CHECK(called.code == 0);
  CHECK(called.said("run: ."));
  CHECK(called.out.find("other") == std::string::npos);
  CHECK(called.said("1"));
  CHECK_FALSE(called.said("wrote-beside-the-socket"));
  CHECK_FALSE(called.said("made-a-link"));
}

TEST_CASE("crun run --sandbox: docker's configuration and the tool cache outside stay", "[cli]") {
  if (!has_bubblewrap()) return;
  const CalledProgram crun(job_of(R"yaml(      - run: |
          mkdir "$DOCKER_CONFIG/cli-plugins" "$RUNNER_TOOL_CACHE/node"
          printf '#!/bin/sh\ntouch "$OUTSIDE"\n' > "$DOCKER_CONFIG/cli-plugins/docker-buildx"
          chmod +x "$DOCKER_CONFIG/cli-plugins/docker-buildx"
      - uses: docker/setup-buildx-action@v3
        continue-on-error: true
)yaml"));
  const auto outside = crun.repository.beside("tmp") / "outside";
  const auto called = crun.run({"--sandbox"}, {{"OUTSIDE", outside.string()}});
  INFO(called.out << called.err);
  CHECK(called.code == 0);
  CHECK_FALSE(std::filesystem::exists(outside));
  CHECK_FALSE(std::filesystem::exists(crun.repository.beside("cache") / "crun/tools/node"));
}

}  // namespace crun::tests
