// Not Boost.Process' own wait: that waits in the kernel when its descriptor was woken for nothing,
// which stops the whole loop.
#include "executor/process/child.hpp"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <optional>

#include <poll.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/asio/posix/stream_descriptor.hpp>

#include "executor/error.hpp"

namespace crun::executor {

namespace asio = boost::asio;

namespace {

constexpr std::chrono::milliseconds look_again{1};

}  // namespace

struct Child::Impl : std::enable_shared_from_this<Impl> {
  Impl(asio::any_io_executor executor, pid_t id) : pid(id), ended(std::move(executor)) {}

  /// True when it has ended.
  bool reap() {
    int raw = 0;
    if (!status && ::waitpid(pid, &raw, WNOHANG) == pid) status = ExitStatus::from_wait(raw);
    return status.has_value();
  }

  void watch() {
    const auto on_event = [weak = weak_from_this()](boost::system::error_code error) {
      const auto impl = weak.lock();
      if (!impl || error || impl->status) return;
      if (!impl->reap()) return impl->watch();
      impl->handler(*impl->status);
    };
    ended.async_wait(asio::posix::descriptor_base::wait_read, on_event);
  }

  pid_t pid;
  asio::posix::stream_descriptor ended;  // a pidfd: readable when the process has ended
  std::optional<ExitStatus> status;
  std::function<void(ExitStatus)> handler;
};

Child::Child(asio::any_io_executor executor, pid_t pid)
    : impl_(std::make_shared<Impl>(std::move(executor), pid)) {}

Child::~Child() {
  if (impl_->status) return;
  ::kill(impl_->pid, SIGKILL);
  int raw = 0;
  if (::waitpid(impl_->pid, &raw, 0) == impl_->pid) impl_->status = ExitStatus::from_wait(raw);
}

pid_t Child::id() const {
  return impl_->pid;
}

bool Child::running() const {
  return !impl_->status;
}

void Child::signal(int number) {
  if (!impl_->status) ::kill(impl_->pid, number);
}

bool Child::wait(std::chrono::milliseconds timeout) {
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  while (!impl_->reap()) {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    if (left.count() <= 0) return false;
    pollfd ended{impl_->ended.native_handle(), POLLIN, 0};  // passed over when nobody watches it
    const auto patience = ended.fd < 0 ? std::min(left, look_again) : left;
    ::poll(&ended, 1, static_cast<int>(patience.count()));
  }
  return true;
}

void Child::on_exit(std::function<void(ExitStatus)> handler) {
  // Born close-on-exec.
  const auto descriptor = static_cast<int>(::syscall(SYS_pidfd_open, impl_->pid, 0));
  if (descriptor < 0) throw Error("cannot watch a process: " + system_error_text(errno));
  impl_->ended.assign(descriptor);
  impl_->handler = std::move(handler);
  impl_->watch();
}

void Child::unwatch() {
  boost::system::error_code ignored;
  impl_->ended.cancel(ignored);
}

}  // namespace crun::executor
