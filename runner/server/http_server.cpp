// The only file that knows Beast. A connection is one coroutine on the loop's thread; everything it
// waits for has a time limit, and everything it keeps has a size limit.
#include "runner/server/http_server.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <chrono>
#include <list>
#include <map>
#include <optional>

#include <fcntl.h>
#include <sys/socket.h>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <fmt/format.h>

#include "executor/error.hpp"
#include "executor/host/bell.hpp"
#include "executor/process/offload.hpp"
#include "runner/server/body_share.hpp"
#include "runner/server/event_stream.hpp"
#include "runner/server/listening_socket.hpp"
#include "runner/server/routes.hpp"

namespace crun::runner {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;
using executor::Error;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t max_connections = 512;
constexpr std::size_t max_streams = 256;
constexpr std::uint32_t max_header = 16 * 1024;
constexpr std::uint64_t max_body = 25 * 1024 * 1024;  // GitHub sends no larger ones
constexpr std::uint64_t max_all_bodies = 4 * max_body;
constexpr std::size_t read_size = 64 * 1024;
constexpr auto header_limit = 10s;  // also what an idle connection may stay
constexpr auto body_limit = 30s;
constexpr auto write_limit = 30s;
constexpr auto linger_limit = 2s;
constexpr auto webhook_limit = 30s;
constexpr auto heartbeat = 15s;  // of an event stream on which nothing happens

struct Connection {
  explicit Connection(tcp::socket socket) : stream(std::move(socket)) {}

  beast::tcp_stream stream;
  beast::flat_buffer buffer;
  bool waiting = true;  // for a request: nobody misses anything if it ends here
};

/// An event stream that waits for its journal to grow.
struct Follower {
  explicit Follower(const asio::any_io_executor& executor) : bell(executor) {}

  executor::Bell bell;
  bool gone = false;  // the client
};

using Followers = std::multimap<std::string, std::shared_ptr<Follower>>;

/// The place of one among those that follow a run.
class FollowerSeat {
 public:
  FollowerSeat(Followers& all, const std::string& run, std::shared_ptr<Follower> follower)
      : all_(all), place_(all.emplace(run, std::move(follower))) {}
  FollowerSeat(const FollowerSeat&) = delete;
  FollowerSeat& operator=(const FollowerSeat&) = delete;
  ~FollowerSeat() { all_.erase(place_); }

 private:
  Followers& all_;
  Followers::iterator place_;
};

HttpRequest plain_request(const http::request<http::buffer_body>& message) {
  HttpRequest request;
  const auto text = [](auto view) { return std::string(view.data(), view.size()); };
  request.method = text(message.method_string());
  const auto target = text(message.target());
  const auto mark = std::min(target.size(), target.find('?'));
  request.path = target.substr(0, mark);
  request.query = target.substr(std::min(target.size(), mark + 1));
  for (const auto& field : message) {
    auto name = text(field.name_string());
    std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) {
      return static_cast<char>(std::tolower(c));
    });
    request.headers.emplace(std::move(name), text(field.value()));
  }
  return request;
}

/// The headers that protect every answer, whatever it is.
template <class Message>
void add_headers(Message& message, const HttpAnswer& answer) {
  message.set(http::field::server, "crun");
  message.set("X-Content-Type-Options", "nosniff");
  message.set("Referrer-Policy", "no-referrer");
  message.set("X-Frame-Options", "DENY");
  message.set("Cross-Origin-Resource-Policy", "same-origin");
  message.set("Cross-Origin-Opener-Policy", "same-origin");
  message.set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
  message.set(http::field::cache_control, "no-store");
  message.set(http::field::content_type, answer.content_type);
  for (const auto& [name, value] : answer.headers) message.set(name, value);
}

/// The status for what cannot be read as a request; 0 if nobody is there to be told.
int status_of(const error_code& error) {
  if (error == http::error::body_limit) return 413;
  if (error == http::error::header_limit || error == http::error::buffer_overflow) return 431;
  if (error == http::error::end_of_stream || error == http::error::partial_message) return 0;
  return error.category() == make_error_code(http::error::bad_method).category() ? 400 : 0;
}

}  // namespace

struct HttpServer::Impl {
  using Connections = std::list<std::shared_ptr<Connection>>;

  Impl(asio::io_context& loop, ServiceView& service, const std::string& listen)
      : view(service), acceptor(loop), pages(1) {
    auto socket = listen_on(listen);
    const auto protocol = socket.is_v6 ? tcp::v6() : tcp::v4();
    acceptor.assign(protocol, socket.fd.release());
    handle = view.listen([this](const std::string& run) {
      const auto [begin, end] = followers.equal_range(run);
      for (auto follower = begin; follower != end; ++follower) follower->second->bell.ring();
    });
  }

  static asio::awaitable<void> accept_all(std::shared_ptr<Impl> self);
  static asio::awaitable<void> serve(std::shared_ptr<Impl> self, std::shared_ptr<Connection> peer);
  asio::awaitable<bool> serve_request(Connection& peer);
  asio::awaitable<int> read_body(
      Connection& peer, http::request_parser<http::buffer_body>& parser, HttpRequest& request);
  asio::awaitable<Answer> find_answer(HttpRequest& request);
  asio::awaitable<HttpAnswer> hand_over(WebhookRequest request);
  asio::awaitable<void> send(
      Connection& peer, const HttpRequest& request, HttpAnswer answer, bool keep);
  asio::awaitable<void> send_stream(Connection& peer, HttpRequest request, StreamAnswer wanted);
  asio::awaitable<void> follow(Connection& peer, EventStream& events, StreamAnswer wanted);
  static asio::awaitable<void> watch(
      std::shared_ptr<Connection> peer, std::shared_ptr<Follower> follower);
  static asio::awaitable<void> linger(Connection& peer);

  int next_socket(error_code& error);
  void make_room();
  void stop();

  ServiceView& view;
  tcp::acceptor acceptor;
  executor::BlockingPool pages;  // makes the pages of runs
  Connections connections;       // oldest first
  Followers followers;
  BodyBytes body_bytes = std::make_shared<BodyBytes::element_type>(0);
  std::size_t handle = 0;
  bool stopped = false;
};

/// Takes what is in the queue of the socket; an error means "wait".
int HttpServer::Impl::next_socket(error_code& error) {
  const int fd =
      ::accept4(acceptor.native_handle(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
  error.assign(fd < 0 ? errno : 0, boost::system::system_category());
  return fd;
}

/// Of too many connections the one goes that has waited longest for its request: slow clients
/// cannot keep others out.
void HttpServer::Impl::make_room() {
  if (connections.size() < max_connections) return;
  const auto oldest = std::find_if(
      connections.begin(), connections.end(), [](const auto& peer) { return peer->waiting; });
  if (oldest == connections.end()) return;
  (*oldest)->stream.close();
  connections.erase(oldest);
}

asio::awaitable<void> HttpServer::Impl::accept_all(std::shared_ptr<Impl> self) {
  asio::steady_timer pause(self->acceptor.get_executor());
  error_code error;
  while (!self->stopped) {
    co_await self->acceptor.async_wait(
        tcp::acceptor::wait_read, asio::redirect_error(asio::use_awaitable, error));
    if (error || self->stopped) break;
    const int fd = self->next_socket(error);
    if (error == boost::system::errc::too_many_files_open ||
        error == boost::system::errc::too_many_files_open_in_system) {
      self->make_room();
      pause.expires_after(100ms);
      co_await pause.async_wait(asio::redirect_error(asio::use_awaitable, error));
    }
    if (fd < 0) continue;
    tcp::socket socket(self->acceptor.get_executor());
    const auto local = self->acceptor.local_endpoint(error);
    socket.assign(local.protocol(), fd, error);
    self->make_room();
    if (error || self->connections.size() >= max_connections) continue;
    auto peer = std::make_shared<Connection>(std::move(socket));
    self->connections.push_back(peer);
    asio::co_spawn(self->acceptor.get_executor(), serve(self, peer), asio::detached);
  }
}

asio::awaitable<void> HttpServer::Impl::serve(
    std::shared_ptr<Impl> self, std::shared_ptr<Connection> peer) {
  try {
    bool more = true;
    while (more && !self->stopped) more = co_await self->serve_request(*peer);
  } catch (const std::exception&) {
    // The connection broke while something was written to it; whoever it was is gone.
  }
  peer->stream.close();
  self->connections.remove(peer);
}

/// Whether another request may follow on this connection.
asio::awaitable<bool> HttpServer::Impl::serve_request(Connection& peer) {
  http::request_parser<http::buffer_body> parser;
  parser.header_limit(max_header);
  parser.body_limit(max_body);
  error_code error;
  peer.waiting = true;
  peer.stream.expires_after(header_limit);
  co_await http::async_read_header(
      peer.stream, peer.buffer, parser, asio::redirect_error(asio::use_awaitable, error));
  HttpRequest request = plain_request(parser.get());
  if (error) {
    const int status = status_of(error);
    if (status != 0) {
      co_await send(peer, request, error_answer(request, status, error.message()), false);
      co_await linger(peer);
    }
    co_return false;
  }
  auto refused = refusal(request);
  if (!refused && takes_body(request)) {
    const int status = co_await read_body(peer, parser, request);
    if (status < 0) co_return false;
    if (status > 0) refused = error_answer(request, status, "The body was not taken.");
  }
  peer.waiting = false;
  const bool keep = parser.is_done() && parser.keep_alive() && !stopped;
  if (refused) {
    co_await send(peer, request, std::move(*refused), keep);
    if (!parser.is_done()) co_await linger(peer);
    co_return keep;
  }
  Answer found = co_await find_answer(request);
  if (auto* stream = std::get_if<StreamAnswer>(&found)) {
    co_await send_stream(peer, request, *stream);
    co_return false;
  }
  co_await send(peer, request, std::get<HttpAnswer>(std::move(found)), keep);
  co_return keep;
}

/// 0 when the body is whole, otherwise the status to refuse it with; -1 when nobody is there.
asio::awaitable<int> HttpServer::Impl::read_body(
    Connection& peer, http::request_parser<http::buffer_body>& parser, HttpRequest& request) {
  const auto share = std::make_shared<BodyShare>(body_bytes, max_all_bodies);
  request.body_share = share;
  error_code error;
  peer.stream.expires_after(body_limit);
  if (request.header("expect") == "100-continue") {
    constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";
    co_await asio::async_write(
        peer.stream, asio::buffer(go_on), asio::redirect_error(asio::use_awaitable, error));
    if (error) co_return -1;
  }
  std::string piece(read_size, '\0');
  while (!parser.is_done()) {
    auto& body = parser.get().body();
    body.data = piece.data();
    body.size = piece.size();
    co_await http::async_read(
        peer.stream, peer.buffer, parser, asio::redirect_error(asio::use_awaitable, error));
    if (error && error != http::error::need_buffer) {
      const int status = status_of(error);
      co_return error == beast::error::timeout ? 408 : status == 0 ? -1 : status;
    }
    const auto size = piece.size() - body.size;
    if (!share->add(size)) co_return 503;
    request.body.append(piece, 0, size);
  }
  co_return 0;
}

/// Handlers may throw: the world has failed, and who asked is told so.
asio::awaitable<Answer> HttpServer::Impl::find_answer(HttpRequest& request) {
  std::string problem;
  try {
    Answer found = answer(request, view);
    if (auto* delivery = std::get_if<WebhookDelivery>(&found)) {
      HttpAnswer taken = co_await hand_over(std::move(delivery->request));
      co_return Answer(std::move(taken));
    }
    auto* slow = std::get_if<SlowAnswer>(&found);
    if (slow == nullptr) co_return found;
    HttpAnswer made = co_await executor::offload(pages, std::move(*slow));
    co_return Answer(std::move(made));
  } catch (const std::exception& error) {
    problem = error.what();
  }
  co_return Answer(error_answer(request, 500, problem));
}

asio::awaitable<HttpAnswer> HttpServer::Impl::hand_over(WebhookRequest request) {
  struct Waiting {
    explicit Waiting(const asio::any_io_executor& executor) : bell(executor) {}
    executor::Bell bell;
    std::optional<WebhookAnswer> answer;
  };
  const auto waiting = std::make_shared<Waiting>(acceptor.get_executor());
  view.webhook(std::move(request), [waiting](WebhookAnswer answered) {
    waiting->answer = std::move(answered);
    waiting->bell.ring();
  });
  const auto deadline = std::chrono::steady_clock::now() + webhook_limit;
  while (!waiting->answer && std::chrono::steady_clock::now() < deadline) {
    co_await waiting->bell.wait_until(deadline);
  }
  WebhookAnswer answered{503, R"({"error":"it was not taken in time"})"};
  if (waiting->answer) answered = std::move(*waiting->answer);
  co_return webhook_answer(std::move(answered));
}

asio::awaitable<void> HttpServer::Impl::send(
    Connection& peer, const HttpRequest& request, HttpAnswer answer, bool keep) {
  http::response<http::string_body> message(static_cast<http::status>(answer.status), 11);
  add_headers(message, answer);
  message.keep_alive(keep);
  message.body() = std::move(answer.body);
  message.prepare_payload();
  http::response_serializer<http::string_body> serializer(message);
  peer.stream.expires_after(write_limit);
  if (request.method == "HEAD") {
    co_await http::async_write_header(peer.stream, serializer, asio::use_awaitable);
  } else {
    co_await http::async_write(peer.stream, serializer, asio::use_awaitable);
  }
}

asio::awaitable<void> HttpServer::Impl::send_stream(
    Connection& peer, HttpRequest request, StreamAnswer wanted) {
  EventStream events(view.journal(wanted.run), wanted.last_id);
  if (events.finished()) {
    const HttpAnswer nothing_more{204, "text/event-stream", {}, {}};
    co_await send(peer, request, nothing_more, false);
    co_return;
  }
  if (followers.size() >= max_streams) {
    co_await send(peer, request, error_answer(request, 503, "There are too many readers."), false);
    co_return;
  }
  HttpAnswer head;
  head.content_type = "text/event-stream";
  head.headers.emplace_back("X-Accel-Buffering", "no");  // a proxy passes events on at once
  http::response<http::empty_body> message(http::status::ok, 11);
  add_headers(message, head);
  message.keep_alive(false);  // the stream ends with its connection
  http::response_serializer<http::empty_body> serializer(message);
  peer.stream.expires_after(write_limit);
  co_await http::async_write_header(peer.stream, serializer, asio::use_awaitable);
  if (request.method != "HEAD") co_await follow(peer, events, wanted);
}

asio::awaitable<void> HttpServer::Impl::follow(
    Connection& peer, EventStream& events, StreamAnswer wanted) {
  auto follower = std::make_shared<Follower>(acceptor.get_executor());
  const FollowerSeat seat(followers, wanted.run, follower);
  const auto mine =
      std::find_if(connections.begin(), connections.end(), [&peer](const auto& other) {
        return other.get() == &peer;
      });
  if (mine == connections.end()) co_return;
  asio::co_spawn(acceptor.get_executor(), watch(*mine, follower), asio::detached);

  auto quiet_since = std::chrono::steady_clock::now();
  while (!stopped && !follower->gone && !events.finished()) {
    const auto run = view.run(wanted.run);
    if (!run) break;
    auto text = events.next(*run);
    const auto now = std::chrono::steady_clock::now();
    if (text.empty() && now - quiet_since >= heartbeat) text = ":\n\n";
    if (text.empty()) {
      co_await follower->bell.wait_until(quiet_since + heartbeat);
      continue;
    }
    quiet_since = now;
    peer.stream.expires_after(write_limit);
    co_await asio::async_write(peer.stream, asio::buffer(text), asio::use_awaitable);
  }
}

/// Sees a client go that only listens. Reads past the stream, whose time limit is for writing.
asio::awaitable<void> HttpServer::Impl::watch(
    std::shared_ptr<Connection> peer, std::shared_ptr<Follower> follower) {
  std::array<char, 256> ignored{};
  error_code error;
  while (!error) {
    co_await peer->stream.socket().async_read_some(
        asio::buffer(ignored), asio::redirect_error(asio::use_awaitable, error));
  }
  follower->gone = true;
  follower->bell.ring();
}

/// Takes a while of what a refused client still sends: closing at once would reset the connection,
/// and the answer would be lost on its way.
asio::awaitable<void> HttpServer::Impl::linger(Connection& peer) {
  error_code error;
  peer.stream.socket().shutdown(tcp::socket::shutdown_send, error);
  peer.stream.expires_after(linger_limit);
  std::string ignored(read_size, '\0');
  while (!error) {
    co_await peer.stream.async_read_some(
        asio::buffer(ignored), asio::redirect_error(asio::use_awaitable, error));
  }
}

void HttpServer::Impl::stop() {
  if (stopped) return;
  stopped = true;
  view.unlisten(handle);
  error_code ignored;
  acceptor.close(ignored);
  for (const auto& peer : connections) {
    if (peer->waiting) peer->stream.close();
  }
  for (const auto& [run, follower] : followers) follower->bell.ring();
}

HttpServer::HttpServer(asio::io_context& loop, ServiceView& view, const std::string& listen)
    : impl_(std::make_shared<Impl>(loop, view, listen)) {
  asio::co_spawn(loop, Impl::accept_all(impl_), asio::detached);
}

HttpServer::~HttpServer() {
  impl_->stop();
  // A page that is being made comes back to the loop, which is still there now.
  impl_->pages.stop();
}

int HttpServer::port() const {
  return impl_->acceptor.local_endpoint().port();
}

void HttpServer::stop() {
  impl_->stop();
}

}  // namespace crun::runner
