// docker/setup-qemu-action: registers emulators for other processors by a privileged container.
//
// A local run first looks at what the kernel has, and starts that container only for a platform
// that was asked for by name and is missing. When its image cannot be had, that is a warning: the
// build may need this machine's platform only.
#include "executor/builtin/setup_qemu.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "executor/builtin/docker/docker_command.hpp"
#include "executor/builtin/list_parser.hpp"
#include "executor/builtin/setup_qemu/binfmt.hpp"

namespace crun::executor::builtin {
namespace {

constexpr Version shows_version{3, 6, 0};
constexpr Version knows_reset{4, 1, 0};

DockerOutcome docker(
    ActionRuntime& runtime, std::vector<std::string> arguments, bool silent = false) {
  DockerCall call;
  call.arguments = std::move(arguments);
  call.silent = silent;
  call.environment.emplace_back("DOCKER_CONTENT_TRUST", "false");
  return run_docker(runtime, call);
}

DockerOutcome must(DockerOutcome outcome) {
  if (!outcome.success()) throw Failed(outcome.last_line());
  return outcome;
}

/// The container tells `{"supported":[...],"emulators":[...]}`.
std::vector<std::string> supported_platforms(const std::string& text) {
  const auto answer = nlohmann::json::parse(text, nullptr, false);
  std::vector<std::string> platforms;
  if (!answer.is_object() || !answer.contains("supported")) return platforms;
  for (const auto& platform : answer["supported"]) {
    if (platform.is_string()) platforms.push_back(platform.get<std::string>());
  }
  return platforms;
}

void set_platforms(ActionRuntime& runtime, const std::vector<std::string>& platforms) {
  const std::string list = fmt::format("{}", fmt::join(platforms, ","));
  runtime.group("Extracting available platforms");
  runtime.info(list);
  runtime.end_group();
  runtime.set_output("platforms", list);
}

void install(ActionRuntime& runtime, const std::string& image, const std::string& platforms) {
  const auto privileged = [&](std::vector<std::string> arguments) {
    std::vector<std::string> all = {"run", "--rm", "--privileged", image};
    all.insert(all.end(), arguments.begin(), arguments.end());
    return must(docker(runtime, std::move(all)));
  };
  if (runtime.version() >= shows_version) privileged({"--version"});
  if (runtime.version() >= knows_reset && runtime.boolean_input("reset")) {
    privileged({"--uninstall", "qemu-*"});
  }
  privileged({"--install", platforms});
  set_platforms(runtime, supported_platforms(privileged({}).out));
}

/// What is asked for by name and cannot run here.
std::vector<std::string> missing_platforms(
    const std::vector<std::string>& wanted, const std::vector<std::string>& runnable) {
  std::vector<std::string> missing;
  for (const std::string& name : wanted) {
    const std::string platform = platform_named(name);
    const bool there = std::find(runnable.begin(), runnable.end(), platform) != runnable.end();
    if (name != "all" && !there) missing.push_back(platform);
  }
  return missing;
}

void run_local(
    ActionRuntime& runtime, const std::string& image, const std::vector<std::string>& wanted) {
  const std::vector<std::string> runnable = runnable_platforms("/proc/sys/fs/binfmt_misc");
  const std::vector<std::string> missing = missing_platforms(wanted, runnable);
  if (missing.empty()) {
    runtime.info("the kernel's own list of emulators is used, no container is started");
    return set_platforms(runtime, runnable);
  }
  const bool here = docker(runtime, {"image", "inspect", image}, true).success();
  if (here || docker(runtime, {"pull", image}).success()) {
    return install(runtime, image, fmt::format("{}", fmt::join(wanted, ",")));
  }
  runtime.warning(fmt::format(
      "no emulator for {}, and the image {} cannot be had: builds for it will fail if they run "
      "programs (apt install qemu-user-static binfmt-support)",
      fmt::join(missing, ", "),
      image));
  set_platforms(runtime, runnable);
}

}  // namespace

void run_setup_qemu(ActionRuntime& runtime) {
  if (runtime.stage() == Stage::post) return;
  runtime.save_state("isPost", "true");
  std::string image = runtime.input("image");
  if (image.empty()) image = "docker.io/tonistiigi/binfmt:latest";
  std::vector<std::string> wanted = parse_list(runtime.input("platforms"));
  if (wanted.empty()) wanted.emplace_back("all");
  if (runtime.env("CRUN_LOCAL") == "1") return run_local(runtime, image, wanted);
  must(docker(runtime, {"pull", image}));
  must(docker(runtime, {"image", "inspect", image}, true));
  install(runtime, image, fmt::format("{}", fmt::join(wanted, ",")));
}

}  // namespace crun::executor::builtin
