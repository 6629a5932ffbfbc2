#include "bench/process.hpp"

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fmt/format.h>

#include "executor/error.hpp"

extern char** environ;

namespace crun::bench {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_of(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> result;
  for (auto& text : texts) result.push_back(text.data());
  result.push_back(nullptr);
  return result;
}

/// Of the caller's environment only what says where things are: with a locale each bash would load
/// a dozen files, and each of many folders on PATH is asked for a shell.
bool is_kept(std::string_view pair) {
  const auto name = pair.substr(0, pair.find('='));
  return name == "HOME" || name == "PATH" || name == "TMPDIR" || name.starts_with("DOCKER_") ||
         name.starts_with("XDG_");
}

std::vector<std::string> environment_with(const std::vector<std::string>& more) {
  std::map<std::string, std::string> values;
  const auto set = [&](const std::string& pair) { values[pair.substr(0, pair.find('='))] = pair; };
  for (char** entry = environ; *entry; ++entry) {
    if (is_kept(*entry)) set(*entry);
  }
  for (const auto& pair : more) set(pair);
  std::vector<std::string> result;
  for (const auto& [name, pair] : values) result.push_back(pair);
  return result;
}

/// Kills the process group when the time is over.
void wait_at_most(pid_t pid, int seconds) {
  const auto handle = static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));
  if (handle < 0) return;
  pollfd ended{handle, POLLIN, 0};
  if (::poll(&ended, 1, seconds * 1000) == 0) ::kill(-pid, SIGKILL);
  ::close(handle);
}

std::string end_of(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(in), {}};
  constexpr std::size_t shown = 2000;
  return text.size() > shown ? text.substr(text.size() - shown) : text;
}

}  // namespace

pid_t start(const Program& program) {
  auto arguments = program.arguments;
  auto environment = environment_with(program.environment);
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawnattr_init(&attributes);
  ::posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  const auto output = program.output.string();
  ::posix_spawn_file_actions_addopen(
      &actions, 1, output.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  ::posix_spawn_file_actions_adddup2(&actions, 1, 2);
  const auto folder = program.folder.string();
  if (!folder.empty()) ::posix_spawn_file_actions_addchdir_np(&actions, folder.c_str());
  ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
  pid_t pid = -1;
  const int wrong = ::posix_spawnp(
      &pid,
      arguments.front().c_str(),
      &actions,
      &attributes,
      pointers(arguments).data(),
      pointers(environment).data());
  ::posix_spawn_file_actions_destroy(&actions);
  ::posix_spawnattr_destroy(&attributes);
  if (wrong) {
    throw executor::Error(
        fmt::format("cannot start {}: {}", arguments.front(), std::strerror(wrong)));
  }
  return pid;
}

Cost run(const Program& program) {
  Cost cost;
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  cost.started = static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
  const auto begin = Clock::now();
  const pid_t pid = start(program);
  wait_at_most(pid, program.seconds);
  int status = 0;
  rusage usage{};
  while (::wait4(pid, &status, 0, &usage) < 0 && errno == EINTR) {
  }
  cost.wall_ms = std::chrono::duration<double, std::milli>(Clock::now() - begin).count();
  cost.cpu_ms = 1000 * (seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime));
  cost.peak_mb = static_cast<double>(usage.ru_maxrss) / 1024;
  cost.code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return cost;
}

Cost run_well(const Program& program) {
  const auto cost = run(program);
  if (cost.code == 0) return cost;
  // Programs are named, not placed: the page is for other machines too.
  auto command = std::filesystem::path(program.arguments.front()).filename().string();
  for (std::size_t i = 1; i < program.arguments.size(); ++i) command += " " + program.arguments[i];
  throw executor::Error(
      fmt::format("`{}` ended with {}:\n{}", command, cost.code, end_of(program.output)));
}

}  // namespace crun::bench
