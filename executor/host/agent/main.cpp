// crun-agent: see agent.hpp. It speaks the protocol on its standard input and output and is started
// by crun, on this machine or in a container; it is not for people.
#include <csignal>
#include <cstring>

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "executor/host/agent/agent.hpp"
#include "executor/host/agent/empty_folder.hpp"

// As `agent empty FOLDER...` it is a step of its own that empties folders.
int main(int count, char** arguments) {
  if (count > 1 && std::strcmp(arguments[1], "empty") == 0) {
    bool empty = true;
    for (int i = 2; i < count; ++i) {
      empty = crun::executor::agent::empty_folder(arguments[i]) && empty;
    }
    return empty ? 0 : 1;
  }
  // Ctrl-C on the terminal is for crun, which then asks us. The kernel must not ask us past it.
  ::setsid();
  for (int number : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE, SIGTSTP, SIGTTOU}) {
    ::signal(number, SIG_IGN);
  }
  ::prctl(PR_SET_NAME, "crun-agent");
  ::prctl(PR_SET_CHILD_SUBREAPER, 1);
  ::prctl(PR_SET_DUMPABLE, 0);            // the environment of steps passes through our memory
  ::syscall(SYS_close_range, 3, ~0u, 0);  // our own program, when it was started from memory
  if (::chdir("/") != 0) return 1;

  sigset_t child;
  sigemptyset(&child);
  sigaddset(&child, SIGCHLD);
  ::sigprocmask(SIG_SETMASK, &child, nullptr);
  int signals = ::signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK);
  if (signals < 0) return 1;
  ::fcntl(0, F_SETFL, ::fcntl(0, F_GETFL) | O_NONBLOCK);
  ::fcntl(1, F_SETFL, ::fcntl(1, F_GETFL) | O_NONBLOCK);
  return crun::executor::agent::Agent(0, 1, signals).run();
}
