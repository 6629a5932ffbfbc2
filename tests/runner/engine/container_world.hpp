// A container engine for a test: is there one, an image of a static busybox in it, and what a run
// left. Tests that need it skip where there is none.
#pragma once

#include <cstdlib>
#include <fstream>
#include <set>
#include <string>

#include <fmt/format.h>

#include "tests/runner/cli/called_program.hpp"

namespace crun::tests {

class ContainerWorld {
 public:
  ContainerWorld() {
    const char* host = std::getenv("DOCKER_HOST");
    host_ = host ? host : "unix:///var/run/docker.sock";
    if (!host_.starts_with("unix://")) {
      missing_ = "the engine is not on a Unix socket";
    } else if (shell(".", docker("info >/dev/null 2>&1")).code != 0) {
      missing_ = "there is no Docker engine";
    } else {
      import_busybox();
    }
  }
  ~ContainerWorld() {
    if (missing_.empty()) shell(".", docker("rmi --force " + image() + " >/dev/null 2>&1 || true"));
  }
  ContainerWorld(const ContainerWorld&) = delete;
  ContainerWorld& operator=(const ContainerWorld&) = delete;

  /// Why tests cannot use it; empty when they can.
  const std::string& missing() const { return missing_; }
  std::string image() const { return fmt::format("crun-test-{}:1", ::getpid()); }
  std::string socket() const { return host_.substr(7); }
  executor::Environment environment() const {
    return {{"DOCKER_HOST", host_}, {"PATH", std::getenv("PATH")}};
  }
  std::string docker(const std::string& arguments) const {
    return "DOCKER_HOST=" + host_ + " docker " + arguments;
  }

  /// Containers, networks and volumes that carry the label of the run.
  std::string left_of(const std::string& run) const {
    const auto label = " --filter label=crun.run=" + run;
    return shell(
               ".",
               docker("ps --all --quiet" + label) + "; " + docker("network ls --quiet" + label) +
                   "; " + docker("volume ls --quiet" + label))
        .out;
  }

 private:
  void import_busybox() {
    const ScratchFolder folder;
    const auto made = shell(
        folder.path(),
        "mkdir -p root/bin root/tmp\n"
        "cp \"$(command -v busybox)\" root/bin/busybox\n"
        "for name in sh sleep cat echo id setsid env mkdir kill httpd; do\n"
        "  ln -s busybox root/bin/$name\n"
        "done\n"
        "tar -C root -c . | " +
            docker("import --change 'ENV PATH=/bin' - " + image() + " 2>&1"));
    if (made.code != 0) {
      missing_ = "there is no static busybox for an image: " + made.out;
    } else if (shell(".", docker("run --rm " + image() + " /bin/sh -c true 2>&1")).code != 0) {
      missing_ = "no container of a busybox image can run here";
    }
  }

  std::string host_, missing_;
};

}  // namespace crun::tests
