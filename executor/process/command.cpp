#include "executor/process/command.hpp"

#include <array>
#include <cerrno>
#include <csignal>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>

#include "executor/error.hpp"
#include "executor/process/child.hpp"
#include "executor/process/fd.hpp"
#include "executor/process/spawn.hpp"

namespace crun::executor {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

bool is_program(const std::filesystem::path& path) {
  struct stat info {};
  return ::stat(path.c_str(), &info) == 0 && S_ISREG(info.st_mode) &&
         ::access(path.c_str(), X_OK) == 0;
}

/// One stream of the child, read until it is closed.
class Collector {
 public:
  Collector(
      asio::io_context& loop, Fd fd, Stream stream, std::string& text, const OutputHandler& on)
      : pipe_(loop, fd.release()), stream_(stream), text_(text), on_output_(on) {}

  void read(std::function<void()> closed) {
    pipe_.async_read_some(asio::buffer(chunk_), [this, closed](error_code error, size_t size) {
      if (error) {
        pipe_.close();
        return closed();
      }
      std::string_view bytes(chunk_.data(), size);
      text_.append(bytes);
      on_output_(stream_, bytes);
      read(closed);
    });
  }

 private:
  asio::posix::stream_descriptor pipe_;
  Stream stream_;
  std::string& text_;
  const OutputHandler& on_output_;
  std::array<char, 16384> chunk_{};
};

/// Kills a program that is silent for too long, or no longer wanted.
class Limits {
 public:
  Limits(asio::io_context& loop, const Command& command, Child& child, CommandResult& result)
      : silence_(command.silence), timer_(loop), stop_(loop), child_(child), result_(result) {
    heard();
    if (command.stop < 0) return;
    stop_.assign(::fcntl(command.stop, F_DUPFD_CLOEXEC, 3));
    stop_.async_wait(asio::posix::stream_descriptor::wait_read, [this](error_code error) {
      if (!error) end(CommandResult::Ended::stopped);
    });
  }

  void heard() {
    if (silence_.count() == 0) return;
    timer_.expires_after(silence_);
    timer_.async_wait([this](error_code error) {
      if (!error) end(CommandResult::Ended::silent);
    });
  }

 private:
  void end(CommandResult::Ended how) {
    if (!child_.running()) return;
    result_.ended = how;
    child_.signal(SIGKILL);
  }

  std::chrono::milliseconds silence_;
  asio::steady_timer timer_;
  asio::posix::stream_descriptor stop_;
  Child& child_;
  CommandResult& result_;
};

struct Pipes {
  Pipe in, out, err;
};

pid_t start(const Command& command, Pipes& pipes) {
  if (command.argv.empty()) throw Error("cannot start a program without a name");
  const std::string& name = command.argv.front();
  SpawnPlan plan;
  plan.argv = command.argv;
  plan.environment = command.environment ? *command.environment : Environment::inherited();
  plan.directory = command.directory;
  auto program = find_program(name, plan.environment.get("PATH"));
  if (!program) throw Error("cannot start " + name + ": " + system_error_text(ENOENT));
  plan.program = *program;

  if (command.input.empty()) {
    pipes.in.read = open_null();
  } else {
    pipes.in = make_pipe();
  }
  pipes.out = make_pipe();
  pipes.err = make_pipe();
  plan.in = pipes.in.read.get();
  plan.out = pipes.out.write.get();
  plan.err = pipes.err.write.get();
  pid_t pid = 0;
  if (int error = spawn(plan, pid); error != 0) {
    throw Error("cannot start " + name + ": " + system_error_text(error));
  }
  pipes.in.read.reset();
  pipes.out.write.reset();
  pipes.err.write.reset();
  return pid;
}

}  // namespace

CommandResult run_command(const Command& command, const OutputHandler& on_output) {
  Pipes pipes;
  asio::io_context loop;
  Child child(loop.get_executor(), start(command, pipes));
  CommandResult result;
  int waiting_for = 3;  // out, err, the end

  auto done = [&] {
    if (--waiting_for == 0) loop.stop();
  };
  Limits limits(loop, command, child, result);
  const OutputHandler heard = [&](Stream stream, std::string_view bytes) {
    limits.heard();
    if (on_output) on_output(stream, bytes);
  };
  Collector out(loop, std::move(pipes.out.read), Stream::out, result.out, heard);
  Collector err(loop, std::move(pipes.err.read), Stream::err, result.err, heard);
  out.read(done);
  err.read(done);

  asio::posix::stream_descriptor input(loop);
  if (pipes.in.write) {
    input.assign(pipes.in.write.release());
    // A program that does not read its input to the end is no error.
    asio::async_write(
        input, asio::buffer(command.input), [&](error_code, size_t) { input.close(); });
  }
  asio::steady_timer patience(loop);
  child.on_exit([&](ExitStatus status) {
    result.status = status;
    patience.expires_after(command.drain);
    patience.async_wait([&](error_code error) {
      if (!error) loop.stop();
    });
    done();
  });
  loop.run();
  return result;
}

std::optional<std::filesystem::path> find_program(std::string_view name, std::string_view path) {
  if (name.empty()) return std::nullopt;
  if (name.find('/') != std::string_view::npos) return std::filesystem::path(name);
  while (!path.empty()) {
    auto end = path.find(':');
    std::filesystem::path folder = path.substr(0, end);
    path = end == std::string_view::npos ? std::string_view() : path.substr(end + 1);
    // An empty entry means the current folder to a shell: not to us, it is a way to be tricked.
    if (folder.empty()) continue;
    if (is_program(folder / name)) return folder / name;
  }
  return std::nullopt;
}

}  // namespace crun::executor
