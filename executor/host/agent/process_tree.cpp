#include "executor/host/agent/process_tree.hpp"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include <dirent.h>
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <time.h>

namespace crun::executor::agent {

namespace {

/// /proc/PID/stat: "pid (name) state parent group session ...", start is the 22nd. The name may
/// hold spaces and parentheses, so the last one counts.
bool read_process(pid_t pid, Process& process) {
  char path[32], text[1024];
  std::snprintf(path, sizeof path, "/proc/%d/stat", static_cast<int>(pid));
  int fd = ::open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return false;
  ssize_t size = ::read(fd, text, sizeof text - 1);
  ::close(fd);
  if (size <= 0) return false;
  text[size] = '\0';
  char* rest = std::strrchr(text, ')');
  if (!rest || std::strlen(rest) < 4) return false;

  char state = rest[2];
  char* at = rest + 3;
  long fields[19] = {};  // the 4th to the 22nd
  for (long& field : fields) field = std::strtol(at, &at, 10);
  process.pid = pid;
  process.parent = static_cast<pid_t>(fields[0]);
  process.group = static_cast<pid_t>(fields[1]);
  process.start = static_cast<std::uint64_t>(fields[18]);
  process.zombie = state == 'Z' || state == 'X';
  process.chosen = false;
  return true;
}

/// Through a pidfd, so that a pid that was given to somebody else meanwhile is not hit.
bool kill_exactly(const Process& process) {
  int fd = static_cast<int>(::syscall(SYS_pidfd_open, process.pid, 0));
  if (fd < 0) return errno == ENOSYS && ::kill(process.pid, SIGKILL) == 0;
  Process now{};
  bool same = read_process(process.pid, now) && now.start == process.start;
  bool sent = same && ::syscall(SYS_pidfd_send_signal, fd, SIGKILL, nullptr, 0) == 0;
  ::close(fd);
  return sent;
}

}  // namespace

std::uint64_t ticks_now() {
  timespec now{};
  ::clock_gettime(CLOCK_BOOTTIME, &now);
  auto per_second = static_cast<std::uint64_t>(::sysconf(_SC_CLK_TCK));
  return static_cast<std::uint64_t>(now.tv_sec) * per_second +
         static_cast<std::uint64_t>(now.tv_nsec) * per_second / 1'000'000'000;
}

std::vector<Process> read_processes() {
  std::vector<Process> processes;
  DIR* folder = ::opendir("/proc");
  if (!folder) return processes;
  while (dirent* entry = ::readdir(folder)) {
    char* end = nullptr;
    long pid = std::strtol(entry->d_name, &end, 10);
    Process process{};
    if (pid > 0 && *end == '\0' && read_process(static_cast<pid_t>(pid), process)) {
      processes.push_back(process);
    }
  }
  ::closedir(folder);
  return processes;
}

void choose_descendants(std::vector<Process>& processes) {
  auto by_pid = [](const Process& process, pid_t pid) { return process.pid < pid; };
  std::sort(processes.begin(), processes.end(), [](const Process& a, const Process& b) {
    return a.pid < b.pid;
  });
  for (bool found = true; found;) {
    found = false;
    for (Process& process : processes) {
      if (process.chosen) continue;
      auto parent = std::lower_bound(processes.begin(), processes.end(), process.parent, by_pid);
      if (parent == processes.end() || parent->pid != process.parent || !parent->chosen) continue;
      process.chosen = found = true;
    }
  }
}

int kill_chosen(const std::vector<Process>& processes) {
  int sent = 0;
  for (const Process& process : processes) {
    if (process.chosen && !process.zombie) sent += kill_exactly(process);
  }
  return sent;
}

}  // namespace crun::executor::agent
