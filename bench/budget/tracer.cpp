#include "bench/budget/tracer.hpp"

#include <cerrno>
#include <csignal>
#include <cstring>
#include <fstream>

#include <fcntl.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fmt/format.h>

#include "executor/error.hpp"

namespace crun::bench {
namespace {

constexpr long options = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK |
                         PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL;

/// The name of the file a process runs; the agent runs from memory and has a name of its own.
std::string program_of(pid_t pid) {
  char target[4096];
  const auto link = fmt::format("/proc/{}/exe", pid);
  const auto size = ::readlink(link.c_str(), target, sizeof target - 1);
  std::string name = size > 0 ? std::string(target, static_cast<std::size_t>(size)) : "?";
  name = name.substr(name.rfind('/') + 1);
  return name.substr(0, name.find(' '));
}

class Tracer {
 public:
  explicit Tracer(pid_t first) : first_(first) { ++running_; }

  Traced follow() {
    int status = 0;
    ::waitpid(first_, &status, 0);  // stopped at its exec
    if (!WIFSTOPPED(status) || ::ptrace(PTRACE_SETOPTIONS, first_, nullptr, options) != 0) {
      throw executor::Error("cannot trace programs here", "ptrace must be allowed");
    }
    began(first_);
    resume(first_, 0);
    while (running_ > 0) {
      const pid_t pid = ::waitpid(-1, &status, __WALL);
      if (pid < 0 && errno == EINTR) continue;
      if (pid < 0) break;
      seen(pid, status);
    }
    return std::move(result_);
  }

 private:
  void began(pid_t pid) {
    program_[pid] = program_of(pid);
    ++result_.started[program_[pid]];
  }

  void resume(pid_t pid, int signal) {
    ::ptrace(PTRACE_SYSCALL, pid, nullptr, static_cast<long>(signal));
  }

  void seen(pid_t pid, int status) {
    if (WIFEXITED(status) || WIFSIGNALED(status)) {
      if (pid == first_) result_.code = WIFEXITED(status) ? WEXITSTATUS(status) : 128;
      --running_;
      program_.erase(pid);
      in_call_.erase(pid);
      return;
    }
    const int signal = WSTOPSIG(status);
    const int event = status >> 16;
    if (signal == (SIGTRAP | 0x80)) {
      auto& inside = in_call_[pid];
      if (!inside) ++result_.system_calls[program_[pid]];
      inside = !inside;
      return resume(pid, 0);
    }
    if (event == PTRACE_EVENT_EXEC) {
      began(pid);
      return resume(pid, 0);
    }
    if (event != 0) {
      unsigned long child = 0;
      ::ptrace(PTRACE_GETEVENTMSG, pid, nullptr, &child);
      met(static_cast<pid_t>(child), program_[pid]);
      return resume(pid, 0);
    }
    // The first stop of a child; it may come before its parent's event.
    if (signal == SIGSTOP && !greeted_.count(pid)) {
      greeted_[pid] = true;
      if (!program_.count(pid)) met(pid, program_of(pid));
      return resume(pid, 0);
    }
    resume(pid, signal);
  }

  void met(pid_t child, const std::string& program) {
    if (program_.count(child)) return;
    program_[child] = program;
    ++running_;
  }

  pid_t first_;
  int running_ = 0;
  std::map<pid_t, std::string> program_;
  std::map<pid_t, bool> in_call_, greeted_;
  Traced result_;
};

[[noreturn]] void become(
    const std::vector<std::string>& arguments,
    const std::string& folder,
    const executor::Environment& environment) {
  std::vector<std::string> lines = environment.lines();
  std::vector<char*> argv, env;
  for (const auto& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  for (auto& line : lines) env.push_back(line.data());
  argv.push_back(nullptr);
  env.push_back(nullptr);
  const int null = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  for (int fd : {0, 1, 2}) ::dup2(null, fd);
  if (::chdir(folder.c_str()) == 0 && ::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) == 0) {
    ::execve(argv[0], argv.data(), env.data());
  }
  ::_exit(127);
}

}  // namespace

Traced trace(
    const std::vector<std::string>& arguments,
    const std::string& folder,
    const executor::Environment& environment) {
  const pid_t pid = ::fork();
  if (pid < 0) throw executor::Error(fmt::format("fork: {}", std::strerror(errno)));
  if (pid == 0) become(arguments, folder, environment);
  return Tracer(pid).follow();
}

}  // namespace crun::bench
