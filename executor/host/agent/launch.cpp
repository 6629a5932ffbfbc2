#include "executor/host/agent/launch.hpp"

#include <cerrno>
#include <csignal>
#include <cstring>

#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sched.h>

#include "executor/host/agent/scheduling.hpp"

namespace crun::executor::agent {

namespace {

constexpr char default_path[] = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// The child shares the agent's memory until it becomes the program (as with vfork): it writes
/// how far it came right into the result.
struct Start {
  const LaunchPlan& plan;
  const char* program;
  pid_t agent;
  LaunchResult& result;
  const sigset_t& ignored;
};

[[noreturn]] void give_up(Start& start, StartStage stage) {
  start.result.stage = stage;
  start.result.error = errno;
  ::_exit(127);
}

int become_program(void* argument) {
  Start& start = *static_cast<Start*>(argument);
  const LaunchPlan& plan = start.plan;
  ::setpgid(0, 0);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != start.agent) ::_exit(127);  // it went before prctl
  for (int number = 1; number < 32; ++number) {
    if (::sigismember(&start.ignored, number)) ::signal(number, SIG_DFL);
  }
  if (::dup2(plan.null, 0) < 0 || ::dup2(plan.out, 1) < 0 || ::dup2(plan.err, 2) < 0) {
    give_up(start, StartStage::prepare);
  }
  if (plan.script >= 0 && ::dup2(plan.script, 3) < 0) give_up(start, StartStage::prepare);
  if (*plan.directory && ::chdir(plan.directory) != 0) give_up(start, StartStage::directory);
  if (plan.gives_way) stop_giving_way();
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::execve(start.program, plan.argv.data(), plan.environment.data());
  give_up(start, StartStage::program);
}

const char* path_of(const LaunchPlan& plan) {
  for (const char* line : plan.environment) {
    if (line && std::strncmp(line, "PATH=", 5) == 0) return line + 5;
  }
  return default_path;
}

/// argv[0] on the program's own PATH. Empty and relative entries are passed over: they would mean
/// the folder the agent happens to be in.
bool find_program(const LaunchPlan& plan, std::vector<char>& found) {
  std::string_view name = plan.argv[0] ? plan.argv[0] : "";
  std::string_view path = path_of(plan);
  if (name.empty() || name.find('/') != std::string_view::npos) {
    found.assign(name.begin(), name.end());
    found.push_back('\0');
    return !name.empty();
  }
  while (!path.empty()) {
    std::size_t end = std::min(path.find(':'), path.size());
    found.assign(path.begin(), path.begin() + end);
    path.remove_prefix(std::min(end + 1, path.size()));
    if (found.empty() || found.front() != '/') continue;
    found.push_back('/');
    found.insert(found.end(), name.begin(), name.end());
    found.push_back('\0');
    struct stat info {};
    if (::stat(found.data(), &info) == 0 && S_ISREG(info.st_mode) &&
        ::access(found.data(), X_OK) == 0) {
      return true;
    }
  }
  return false;
}

}  // namespace

const sigset_t& ignored_signals() {
  static const sigset_t ignored = [] {
    sigset_t found;
    ::sigemptyset(&found);
    for (int number = 1; number < 32; ++number) {
      struct sigaction action {};
      if (::sigaction(number, nullptr, &action) == 0 && action.sa_handler == SIG_IGN) {
        ::sigaddset(&found, number);
      }
    }
    return found;
  }();
  return ignored;
}

LaunchResult launch(const LaunchPlan& plan) {
  LaunchResult result;
  std::vector<char> program;
  if (!find_program(plan, program)) {
    result.stage = StartStage::program;
    result.error = ENOENT;
    return result;
  }
  alignas(16) static char stack[65536];
  Start start{plan, program.data(), ::getpid(), result, ignored_signals()};
  // clone rather than vfork: the child gets a stack of its own. The agent stands still until the
  // exec, and it handles no signals, so nothing runs in the shared memory meanwhile.
  pid_t pid =
      ::clone(become_program, stack + sizeof stack, CLONE_VM | CLONE_VFORK | SIGCHLD, &start);
  if (pid < 0) result.error = errno;
  result.pid = result.error == 0 ? pid : -1;
  return result;
}

}  // namespace crun::executor::agent
