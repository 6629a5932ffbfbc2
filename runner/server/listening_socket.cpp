#include "runner/server/listening_socket.hpp"

#include <cerrno>

#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/ip/tcp.hpp>
#include <fmt/format.h>

#include "executor/error.hpp"

namespace crun::runner {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using executor::Error;

namespace {

tcp::endpoint endpoint_of(const std::string& listen) {
  const auto colon = listen.rfind(':');
  auto host = listen.substr(0, colon);
  if (host.size() > 1 && host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
  }
  if (host == "localhost") host = "127.0.0.1";
  error_code error;
  const auto address = asio::ip::make_address(host, error);
  const auto digits = colon == std::string::npos ? std::string() : listen.substr(colon + 1);
  const bool number = !digits.empty() && digits.size() <= 5 &&
                      digits.find_first_not_of("0123456789") == std::string::npos;
  const int port = number ? std::stoi(digits) : -1;
  if (error || port < 0 || port > 65535) {
    throw Error(
        fmt::format("cannot listen on {}", listen),
        "give an address and a port, such as 127.0.0.1:8080");
  }
  return {address, static_cast<std::uint16_t>(port)};
}

int listening_socket(const tcp::endpoint& endpoint) {
  const int fd = ::socket(
      endpoint.protocol().family(), SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_TCP);
  const int on = 1;
  if (fd >= 0 && ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0 &&
      ::bind(fd, endpoint.data(), static_cast<socklen_t>(endpoint.size())) == 0 &&
      ::listen(fd, SOMAXCONN) == 0) {
    return fd;
  }
  const int problem = errno;
  if (fd >= 0) ::close(fd);
  throw Error(
      fmt::format(
          "cannot listen on {}:{}: {}",
          endpoint.address().to_string(),
          endpoint.port(),
          executor::system_error_text(problem)),
      problem == EADDRINUSE ? "another program has this port: choose one with --listen" : "");
}

}  // namespace

ListeningSocket listen_on(const std::string& address) {
  const auto endpoint = endpoint_of(address);
  ListeningSocket socket;
  socket.fd = executor::Fd(listening_socket(endpoint));
  socket.is_v6 = endpoint.address().is_v6();
  return socket;
}

}  // namespace crun::runner
