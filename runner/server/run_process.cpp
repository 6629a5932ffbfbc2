#include "runner/server/run_process.hpp"

#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <csignal>
#include <thread>

#include <fcntl.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/asio/posix/stream_descriptor.hpp>
#include <fmt/format.h>

#include "executor/error.hpp"
#include "executor/process/fd.hpp"
#include "executor/process/spawn.hpp"
#include "runner/server/run_start.hpp"

namespace crun::runner {

namespace asio = boost::asio;
namespace fs = std::filesystem;
using executor::Error;
using executor::ExitStatus;
using executor::Fd;

namespace {

/// Daemon and process both write the id, so it is missing for the blink between the daemon's last
/// instruction and the process's first ones. On a busy machine that may be long.
constexpr int adoption_attempts = 3000;
constexpr std::chrono::milliseconds adoption_pause{10};

Fd open_process(pid_t pid) {
  return Fd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
}

Fd open_file(const fs::path& path, int flags) {
  Fd file(::open(path.c_str(), flags | O_CLOEXEC, 0600));
  if (!file && errno != ENOENT) {
    throw Error(
        fmt::format("cannot open {}: {}", path.string(), executor::system_error_text(errno)));
  }
  return file;
}

pid_t written_id(int file) {
  std::array<char, 32> text{};
  const auto size = ::pread(file, text.data(), text.size(), 0);
  pid_t pid = 0;
  if (size > 0) std::from_chars(text.data(), text.data() + size, pid);
  return pid;
}

}  // namespace

struct RunProcess::Impl : std::enable_shared_from_this<Impl> {
  Impl(asio::any_io_executor executor, Fd process, pid_t id, bool own)
      : handle(executor, process.release()), pid(id), child(own) {}

  void wait(ExitHandler handler) {
    handle.async_wait(
        asio::posix::stream_descriptor::wait_read,
        [weak = weak_from_this(),
         handler = std::move(handler)](const boost::system::error_code& error) {
          if (const auto self = weak.lock(); self && !error) self->woken(handler);
        });
  }

  /// Asio may wake for an event of another descriptor whose place this one has taken, so being
  /// woken alone says nothing.
  void woken(const ExitHandler& exited) {
    pollfd ended{handle.native_handle(), POLLIN, 0};
    if (::poll(&ended, 1, 0) != 1) return wait(exited);
    int raw = 0;
    const bool reaped = child && ::waitpid(pid, &raw, WNOHANG) == pid;
    exited(reaped ? std::optional(ExitStatus::from_wait(raw)) : std::nullopt);
  }

  asio::posix::stream_descriptor handle;  // a pidfd: readable when the process has ended
  pid_t pid;
  bool child;
};

RunProcess::RunProcess(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}
RunProcess::~RunProcess() = default;

std::unique_ptr<RunProcess> RunProcess::start(
    asio::any_io_executor executor,
    const fs::path& folder,
    std::vector<std::string> argv,
    executor::Environment environment) {
  const auto lock = open_file(folder / run_lock_name, O_RDWR | O_CREAT | O_TRUNC);
  if (::flock(lock.get(), LOCK_EX | LOCK_NB) != 0) {
    throw Error(fmt::format("another process holds {}", (folder / run_lock_name).string()));
  }
  const auto null = executor::open_null();
  const auto messages = open_file(folder / "messages", O_WRONLY | O_CREAT | O_APPEND);
  executor::SpawnPlan plan;
  plan.program = argv.front();
  plan.argv = std::move(argv);
  plan.environment = std::move(environment);
  plan.directory = folder;
  plan.in = plan.out = null.get();
  plan.err = messages.get();
  plan.extra = lock.get();
  plan.session = true;
  pid_t pid = 0;
  if (const int error = executor::spawn(plan, pid); error != 0) {
    throw Error(
        fmt::format("cannot start {}: {}", plan.program, executor::system_error_text(error)));
  }
  const auto id = fmt::format("{}\n", pid);
  static_cast<void>(::pwrite(lock.get(), id.data(), id.size(), 0) < 0);  // the process does it too
  auto process = open_process(pid);
  if (!process) throw Error("cannot watch the process of a run");
  return std::unique_ptr<RunProcess>(
      new RunProcess(std::make_shared<Impl>(executor, std::move(process), pid, true)));
}

std::unique_ptr<RunProcess> RunProcess::adopt(
    asio::any_io_executor executor, const fs::path& folder) {
  const auto lock = open_file(folder / run_lock_name, O_RDWR);
  for (int attempt = 0; lock && attempt < adoption_attempts; ++attempt) {
    const auto pid = written_id(lock.get());
    auto process = pid > 0 ? open_process(pid) : Fd();
    // Asked after the process was opened: who holds the lock now is the one that was opened.
    if (::flock(lock.get(), LOCK_EX | LOCK_NB) == 0) return nullptr;
    if (process) {
      return std::unique_ptr<RunProcess>(
          new RunProcess(std::make_shared<Impl>(executor, std::move(process), pid, false)));
    }
    std::this_thread::sleep_for(adoption_pause);
  }
  return nullptr;
}

pid_t RunProcess::id() const {
  return impl_->pid;
}

void RunProcess::signal(int number) {
  ::syscall(SYS_pidfd_send_signal, impl_->handle.native_handle(), number, nullptr, 0);
}

void RunProcess::on_exit(ExitHandler handler) {
  impl_->wait(std::move(handler));
}

}  // namespace crun::runner
