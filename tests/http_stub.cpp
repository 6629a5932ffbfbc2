#include "tests/http_stub.hpp"

#include <algorithm>
#include <cctype>
#include <mutex>
#include <sstream>
#include <thread>

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/streambuf.hpp>
#include <boost/asio/write.hpp>
#include <fmt/format.h>

namespace crun::tests {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

struct HttpStub::Impl {
  explicit Impl(Handler on_request)
      : handler(std::move(on_request)),
        acceptor(loop, tcp::endpoint(asio::ip::address_v4::loopback(), 0)),
        port(acceptor.local_endpoint().port()) {
    accept();
    thread = std::thread([this] { loop.run(); });
  }

  ~Impl() {
    loop.stop();
    thread.join();
  }

  void accept() {
    acceptor.async_accept([this](error_code error, tcp::socket peer) {
      if (error) return;
      serve(std::move(peer));
      accept();
    });
  }

  void serve(tcp::socket peer) {
    asio::streambuf buffer;
    error_code error;
    asio::read_until(peer, buffer, "\r\n\r\n", error);
    if (error) return;
    std::istream head(&buffer);
    StubRequest request = read_head(head);
    const auto length = request.headers.find("content-length");
    if (length != request.headers.end()) {
      const std::size_t wanted = std::stoul(length->second);
      if (buffer.size() < wanted) {
        asio::read(peer, buffer, asio::transfer_exactly(wanted - buffer.size()), error);
      }
      request.body.assign(std::istreambuf_iterator<char>(&buffer), {});
    }
    {
      const std::lock_guard guard(mutex);
      hits.push_back(request.method + " " + request.target);
    }
    const StubAnswer answer = handler(request);
    std::string text = fmt::format(
        "HTTP/1.1 {} Stub\r\nContent-Length: {}\r\nConnection: close\r\n",
        answer.status,
        answer.body.size());
    for (const auto& [name, value] : answer.headers) {
      text += fmt::format("{}: {}\r\n", name, value);
    }
    text += "\r\n";
    if (request.method != "HEAD") text += answer.body;
    asio::write(peer, asio::buffer(text), error);
  }

  static StubRequest read_head(std::istream& head) {
    StubRequest request;
    std::string line;
    std::getline(head, line);
    std::istringstream(line) >> request.method >> request.target;
    while (std::getline(head, line) && line != "\r") {
      const std::size_t colon = line.find(':');
      if (colon == std::string::npos) continue;
      std::string name = line.substr(0, colon);
      std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) {
        return static_cast<char>(std::tolower(c));
      });
      const std::size_t first = line.find_first_not_of(" ", colon + 1);
      const std::size_t last = line.find_last_not_of("\r");
      if (first != std::string::npos) request.headers[name] = line.substr(first, last - first + 1);
    }
    return request;
  }

  Handler handler;
  asio::io_context loop;
  tcp::acceptor acceptor;
  unsigned short port;
  mutable std::mutex mutex;
  std::vector<std::string> hits;
  std::thread thread;
};

HttpStub::HttpStub(Handler handler) : impl_(std::make_unique<Impl>(std::move(handler))) {}
HttpStub::~HttpStub() = default;

std::string HttpStub::host() const {
  return fmt::format("127.0.0.1:{}", impl_->port);
}

std::vector<std::string> HttpStub::hits() const {
  const std::lock_guard guard(impl_->mutex);
  return impl_->hits;
}

}  // namespace crun::tests
