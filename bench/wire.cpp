#include "bench/wire.hpp"

#include <cerrno>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <fmt/format.h>

#include "executor/error.hpp"

namespace crun::bench {
namespace {

constexpr int patience_seconds = 30;
constexpr std::size_t block = 16 * 1024;

[[noreturn]] void fail(const std::string& what) {
  throw executor::Error(fmt::format("{}: {}", what, executor::system_error_text(errno)));
}

}  // namespace

Wire::Wire(int port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  const timeval limit{patience_seconds, 0};
  ::setsockopt(socket_.get(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(socket_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    fail(fmt::format("cannot connect to port {}", port));
  }
}

void Wire::send(std::string_view text) {
  while (!text.empty()) {
    const auto sent = ::send(socket_.get(), text.data(), text.size(), MSG_NOSIGNAL);
    if (sent < 0) fail("cannot send");
    text.remove_prefix(static_cast<std::size_t>(sent));
  }
}

bool Wire::next(std::string& line) {
  for (std::size_t looked = at_;;) {
    const auto end = read_.find('\n', looked);
    if (end != std::string::npos) {
      line = read_.substr(at_, end - at_);
      if (line.ends_with('\r')) line.pop_back();
      at_ = end + 1;
      return true;
    }
    read_.erase(0, std::exchange(at_, 0));
    looked = read_.size();
    read_.resize(looked + block);
    const auto got = ::recv(socket_.get(), read_.data() + looked, block, 0);
    read_.resize(looked + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
    if (got < 0) fail("nothing comes");
    if (got == 0) return false;
  }
}

}  // namespace crun::bench
