// Webhook -> stored -> answered -> bash -> its lines, with nothing in between. Reads and writes
// block: a loop that waits for several descriptors costs one more call a line.
#include <array>
#include <fstream>

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "bench/limits/limits.hpp"
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <fmt/format.h>

#include "executor/error.hpp"
#include "executor/process/command.hpp"
#include "executor/process/environment.hpp"
#include "executor/process/spawn.hpp"

namespace crun::bench {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;

std::string bash() {
  const auto path = executor::Environment::inherited().get("PATH");
  const auto found = executor::find_program("bash", path);
  if (!found) throw executor::Error("there is no bash");
  return found->string();
}

executor::SpawnPlan shell_of(const std::filesystem::path& script) {
  executor::SpawnPlan plan;
  plan.program = bash();
  plan.argv = {"bash", "--noprofile", "--norc", "-e", "-o", "pipefail", script.string()};
  plan.environment = executor::Environment::inherited();
  return plan;
}

/// Runs the shell to its end; what it prints goes to the reader as it comes.
void pass_on_output(tcp::socket& reader, executor::SpawnPlan shell) {
  auto pipe = executor::make_pipe();
  const auto null = executor::open_null();
  shell.in = null.get();
  shell.out = shell.err = pipe.write.get();
  pid_t pid = -1;
  if (executor::spawn(shell, pid) != 0) throw executor::Error("cannot start bash");
  pipe.write.reset();
  std::array<char, 4096> bytes{};
  for (ssize_t got; (got = ::read(pipe.read.get(), bytes.data(), bytes.size())) > 0;) {
    asio::write(reader, asio::buffer(bytes.data(), static_cast<std::size_t>(got)));
  }
  ::waitpid(pid, nullptr, 0);
}

void answer(tcp::socket& reader, DurableRows& rows, const executor::SpawnPlan& shell) {
  reader.set_option(tcp::no_delay(true));
  boost::beast::flat_buffer buffer;
  http::request<http::string_body> request;
  http::read(reader, buffer, request);
  const auto id = rows.add(request.body());
  const auto told =
      fmt::format("HTTP/1.1 202 Accepted\r\nConnection: close\r\n\r\n{{\"runs\":[\"{}\"]}}\n", id);
  asio::write(reader, asio::buffer(told));
  pass_on_output(reader, shell);
}

}  // namespace

LeastService::LeastService(const std::filesystem::path& folder, const std::string& script) {
  std::filesystem::create_directories(folder);
  const auto file = folder / "script.sh";
  std::ofstream(file) << script;
  asio::io_context context;
  tcp::acceptor acceptor(context, {asio::ip::address_v4::loopback(), 0});
  port_ = acceptor.local_endpoint().port();
  listener_ = executor::Fd(acceptor.release());
  ::fcntl(listener_.get(), F_SETFD, FD_CLOEXEC);
  thread_ = std::jthread([this, file, database = folder / "rows.db"] { serve(database, file); });
}

LeastService::~LeastService() {
  ::shutdown(listener_.get(), SHUT_RDWR);
}

void LeastService::serve(
    const std::filesystem::path& database, const std::filesystem::path& script) {
  DurableRows rows(database);
  const auto shell = shell_of(script);
  asio::io_context context;
  while (true) {
    executor::Fd accepted(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    if (!accepted) return;
    tcp::socket reader(context, tcp::v4(), accepted.release());
    try {
      answer(reader, rows, shell);
    } catch (const std::exception&) {
      // The reader sees its connection end.
    }
  }
}

}  // namespace crun::bench
