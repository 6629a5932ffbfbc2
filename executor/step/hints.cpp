// One row a trap: words in the script, words in the output, the hint. Sources: docker-actions.md
// part 3, T6 (C17, C22) and 3.6: what the tools say there helps nobody.

#include "executor/step/hints.hpp"

#include <array>

namespace crun::executor {

namespace {

struct Trap {
  std::string_view in_script;
  std::string_view in_output;
  std::string_view hint;
};

constexpr std::array traps = {
    Trap{
        "docker scout",
        "unknown flag",
        "docker scout is not installed: no docker-scout CLI plugin was found, so nothing was "
        "scanned and the scan counts as failed. Install the docker-scout plugin, or another "
        "scanner and call that"},
    Trap{
        "docker scout",
        "not a docker command",
        "docker scout is not installed: no docker-scout CLI plugin was found, so nothing was "
        "scanned and the scan counts as failed. Install the docker-scout plugin, or another "
        "scanner and call that"},
    Trap{
        "docker scout",
        "unknown command",
        "docker scout is not installed: no docker-scout CLI plugin was found, so nothing was "
        "scanned and the scan counts as failed. Install the docker-scout plugin, or another "
        "scanner and call that"},
    Trap{
        "docker login",
        "non TTY",
        "a step has no terminal: pass the password on standard input, `echo \"$TOKEN\" | docker "
        "login -u USER --password-stdin`"},
    Trap{
        "docker push",
        "tag does not exist",
        "the image was never tagged with the registry's name: `docker tag IMAGE REGISTRY/IMAGE` "
        "before the push"},
    Trap{
        "docker push",
        "An image does not exist locally",
        "the image was never tagged with the registry's name: `docker tag IMAGE REGISTRY/IMAGE` "
        "before the push"},
    Trap{
        "docker",
        "Cannot connect to the Docker daemon",
        "no Docker engine answers: start it, or point DOCKER_HOST at one that runs"},
    Trap{
        "",
        "exec format error",
        "a program of another architecture was started: without an emulator (binfmt, "
        "qemu-user-static) only native platforms can run here"},
    Trap{
        "",
        "No space left on device",
        "the disk is full: `df -h` tells which; workspaces and temporary files of jobs are below "
        "XDG_CACHE_HOME, images and containers with the engine"},
    Trap{
        "git describe",
        "No names found",
        "there is no tag to describe from: check out with `fetch-depth: 0`, and push the tags"},
    Trap{
        "",
        "Resource not accessible by integration",
        "the token's permissions do not suffice: see `permissions:` of the job"},
};

}  // namespace

std::vector<std::string> failure_hints(std::string_view script, std::string_view output) {
  std::vector<std::string> hints;
  for (const auto& trap : traps) {
    if (script.find(trap.in_script) == std::string_view::npos) continue;
    if (output.find(trap.in_output) == std::string_view::npos) continue;
    if (hints.empty() || hints.back() != trap.hint) hints.emplace_back(trap.hint);
  }
  return hints;
}

}  // namespace crun::executor
