// The packages that JavaScript actions are made of, from npm, in an action of three stages: on the
// machine, and in containers with and without a system around them.
#include <cstdlib>

#include "tests/catch.hpp"
#include "tests/runner/engine/container_world.hpp"

using crun::tests::CalledProgram;
using crun::tests::ContainerWorld;
using crun::tests::ScratchFolder;
using crun::tests::shell;

namespace {

constexpr const char* manifest = R"(name: kit
inputs:
  word: {required: true}
runs:
  using: node20
  pre: main.mjs
  main: main.mjs
  post: main.mjs
)";

constexpr const char* program = R"(
import * as core from '@actions/core'
import * as exec from '@actions/exec'
import * as glob from '@actions/glob'
import * as io from '@actions/io'
import * as cache from '@actions/tool-cache'
import * as github from '@actions/github'
import fs from 'node:fs'
import path from 'node:path'
const phase = core.getState('phase')
if (phase === '') {
  console.log('pre of ' + core.getInput('word'))
  core.saveState('phase', 'prepared')
} else if (phase === 'prepared') {
  console.log('main after ' + phase)
  core.saveState('phase', 'worked')
  core.setOutput('list', [1, 2])
  core.exportVariable('EXPORTED', 'two\nlines')
  const bin = path.join(process.env.RUNNER_TEMP, 'own bin')
  await io.mkdirP(bin)
  fs.writeFileSync(path.join(bin, 'own-tool'), '#!/bin/sh\necho tool-ran $1\n', { mode: 0o755 })
  core.addPath(bin)
  core.setSecret('hush-5512-hush')
  console.log('secret hush-5512-hush')
  await core.group('packed', async () => console.log('inside'))
  core.notice('look here', { file: 'a.txt', startLine: 3, title: 'Hint' })
  await core.summary.addHeading('Results').write()
  await exec.exec('own-tool', ['now'])
  console.log('hash ' + await glob.hashFiles('data*.txt'))
  console.log('which ' + path.basename(await io.which('own-tool', true)))
  await cache.cacheDir(bin, 'own', '1.2.3')
  console.log('cached ' + (cache.find('own', '1.x') !== ''))
  console.log('sha ' + (github.context.sha === process.env.GITHUB_SHA))
} else {
  console.log('post after ' + phase)
}
)";

std::string workflow(const std::string& image) {
  return "on: push\njobs:\n  only:\n    runs-on: ubuntu-latest\n" +
         (image.empty() ? image : "    container: " + image + "\n") +
         "    steps:\n"
         "      - uses: actions/checkout@v4\n"
         "      - id: kit\n"
         "        uses: own/kit@v1\n"
         "        with: {word: hello}\n"
         "      - run: |\n"
         "          echo \"list ${{ steps.kit.outputs.list }} $EXPORTED\"\n"
         "          own-tool again\n"
         "          echo \"expression ${{ hashFiles('data*.txt') }}\"\n";
}

/// The rest of the first line that begins so.
std::string after(const std::vector<std::string>& lines, const std::string& begin) {
  for (const auto& line : lines) {
    if (line.starts_with(begin)) return line.substr(begin.size());
  }
  return {};
}

void check_toolkit(const std::string& image, const std::filesystem::path& action) {
  const CalledProgram crun(workflow(image));
  crun.repository.write("data1.txt", "one\n");
  crun.repository.write("data2.txt", "two\n");
  crun.repository.commit("data");
  crun::executor::Environment environment{{"PATH", std::getenv("PATH")}};
  if (const char* host = std::getenv("DOCKER_HOST")) environment.set("DOCKER_HOST", host);
  const auto called = crun.run({"--action", "own/kit@v1=" + action.string()}, environment);
  INFO((image.empty() ? "on the machine" : image) << "\n" << called.out << called.err);
  CHECK(called.code == 0);
  for (const char* line :
       {"pre of hello",
        "main after prepared",
        "secret ***",
        "inside",
        "tool-ran now",
        "which own-tool",
        "cached true",
        "sha true",
        "list [1,2] two",
        "lines",
        "tool-ran again",
        "post after worked"}) {
    INFO(line);
    CHECK(called.said(line));
  }
  CHECK(after(called.lines(), "hash ").size() == 64);
  CHECK(after(called.lines(), "hash ") == after(called.lines(), "expression "));
  bool annotated = false, summed_up = false;
  for (const auto& event : called.events) {
    annotated = annotated || (event["event"] == "annotation" && event["message"] == "look here");
    const auto text = event.dump();
    summed_up =
        summed_up || (event["event"] == "step.summary" && text.find("Results") != text.npos);
  }
  CHECK(annotated);
  CHECK(summed_up);
  CHECK(crun.leftovers() == "");
}

}  // namespace

TEST_CASE("the toolkit's packages work on the machine and in containers", "[containers]") {
  const ScratchFolder folder;
  const auto installed = shell(
      folder.path(),
      "export HOME=\"$PWD\"\n"
      "timeout 120 npm install --no-audit --no-fund --silent @actions/core @actions/exec "
      "@actions/glob @actions/io @actions/tool-cache @actions/github >/dev/null 2>&1");
  if (installed.code != 0) {
    WARN("skipped: npm cannot fetch the toolkit's packages");
    return;
  }
  std::ofstream(folder.path() / "action.yml") << manifest;
  std::ofstream(folder.path() / "main.mjs") << program;
  check_toolkit("", folder.path());
  const ContainerWorld world;
  if (!world.missing().empty()) {
    WARN("skipped: in containers: " << world.missing());
    return;
  }
  check_toolkit(world.image(), folder.path());
  if (const char* debian = std::getenv("CRUN_STAND_IN")) {
    check_toolkit(debian, folder.path());
  } else {
    WARN("skipped: in a Debian container: CRUN_STAND_IN names no image");
  }
}
