// Boost.Process v2 waits (pidfd); it does not start anything here, see spawn.hpp.
#include "executor/process/child.hpp"

#include <csignal>
#include <optional>
#include <thread>

#include <sys/wait.h>

// Before process_handle.hpp, which includes it in the middle of itself (1.81).
#include <boost/process/v2/error.hpp>
#include <boost/process/v2/process_handle.hpp>

namespace crun::executor {

namespace process = boost::process::v2;

struct Child::Impl {
  Impl(boost::asio::any_io_executor executor, pid_t id)
      : pid(id), handle(std::move(executor), id) {}

  pid_t pid;
  process::basic_process_handle<> handle;
  std::optional<ExitStatus> status;
};

Child::Child(boost::asio::any_io_executor executor, pid_t pid)
    : impl_(std::make_shared<Impl>(std::move(executor), pid)) {}

Child::~Child() {
  if (impl_->status) return;
  int raw = 0;
  ::kill(impl_->pid, SIGKILL);
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
  if (impl_->status) return true;
  auto deadline = std::chrono::steady_clock::now() + timeout;
  int raw = 0;
  while (::waitpid(impl_->pid, &raw, WNOHANG) != impl_->pid) {
    if (std::chrono::steady_clock::now() >= deadline) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  impl_->status = ExitStatus::from_wait(raw);
  return true;
}

void Child::on_exit(std::function<void(ExitStatus)> handler) {
  impl_->handle.async_wait([weak = std::weak_ptr(impl_), handler = std::move(handler)](
                               boost::system::error_code error, int raw) {
    auto impl = weak.lock();
    if (!impl || error) return;
    impl->status = ExitStatus::from_wait(raw);
    handler(*impl->status);
  });
}

}  // namespace crun::executor
