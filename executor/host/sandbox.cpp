#include "executor/host/sandbox.hpp"

#include <filesystem>
#include <system_error>

#include <unistd.h>

#include "executor/error.hpp"
#include "executor/process/command.hpp"

namespace crun::executor {

namespace fs = std::filesystem;

namespace {

/// Who speaks to the engine can write anywhere. Built-in actions do so from outside.
std::string engine_socket(const Environment& machine) {
  constexpr std::string_view scheme = "unix://";
  auto path = machine.get("DOCKER_HOST", "unix:///var/run/docker.sock");
  if (!path.starts_with(scheme)) return {};
  std::error_code error;
  const auto real = fs::canonical(path.substr(scheme.size()), error);
  return error ? std::string() : real.string();
}

/// A file in /run that names have to be looked up with; empty when there is none.
std::string name_servers() {
  std::error_code error;
  const auto real = fs::canonical("/etc/resolv.conf", error).string();
  return real.starts_with("/run/") ? real : std::string();
}

}  // namespace

std::vector<std::string> sandbox_command(
    const Environment& machine, const SandboxFolders& folders) {
  const auto program = find_program("bwrap", machine.get("PATH"));
  if (!program) {
    throw Error(
        "--sandbox needs bubblewrap: bwrap is not on PATH",
        "install it (apt-get install bubblewrap), or run without --sandbox");
  }
  std::vector<std::string> command = {
      program->string(), "--die-with-parent", "--unshare-pid", "--unshare-ipc"};
  const auto add = [&command](std::string option, std::string from, std::string to) {
    command.insert(command.end(), {std::move(option), std::move(from), std::move(to)});
  };
  if (::geteuid() == 0) {  // root could mount the machine anew, or reach it through its devices
    for (const char* capability :
         {"CAP_SYS_ADMIN",
          "CAP_SYS_MODULE",
          "CAP_SYS_PTRACE",
          "CAP_SYS_RAWIO",
          "CAP_MKNOD",
          "CAP_SYS_BOOT",
          "CAP_SYS_TIME",
          "CAP_NET_ADMIN",
          "CAP_BPF",
          "CAP_PERFMON",
          "CAP_SYSLOG",
          "CAP_DAC_READ_SEARCH"}) {
      command.insert(command.end(), {"--cap-drop", capability});
    }
  }
  add("--ro-bind", "/", "/");
  // In /run are the sockets of who would do anything for us: systemd, D-Bus, containerd, engines.
  command.insert(command.end(), {"--dev", "/dev", "--proc", "/proc", "--tmpfs", "/run"});
  // Root may write there whatever its capabilities are, and core_pattern is run outside.
  add("--ro-bind", "/proc/sys", "/proc/sys");
  if (const auto names = name_servers(); !names.empty()) add("--ro-bind", names, names);
  add("--bind", folders.temp, "/tmp");
  for (const auto& folder : folders.hidden) command.insert(command.end(), {"--tmpfs", folder});
  for (const auto& folder : folders.readable) add("--ro-bind-try", folder, folder);
  for (const auto& folder : folders.writable) add("--bind", folder, folder);
  if (const auto socket = engine_socket(machine); !socket.empty()) {
    add("--ro-bind", "/dev/null", socket);
  }
  command.push_back("--");
  return command;
}

}  // namespace crun::executor
