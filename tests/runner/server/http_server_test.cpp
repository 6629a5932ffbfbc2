#include "runner/server/http_server.hpp"

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <thread>

#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <fmt/format.h>

#include "executor/error.hpp"
#include "executor/process/fd.hpp"
#include "tests/catch.hpp"
#include "tests/runner/server/fake_service.hpp"

using namespace crun::runner;
using crun::runner::test::FakeService;
using namespace std::chrono_literals;
using Catch::Matchers::ContainsSubstring;

namespace {

/// A client as plain as can be: what it sends and receives are bytes.
class Client {
 public:
  explicit Client(int port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(
        ::connect(socket_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  }

  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      const auto sent = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }

  /// Until `wanted` has come, the other side has closed, or it takes too long, also for a
  /// sanitizer.
  std::string& receive_until(const std::string& wanted, std::chrono::milliseconds limit = 30s) {
    const auto end = std::chrono::steady_clock::now() + limit;
    while (wanted.empty() || received.find(wanted) == std::string::npos) {
      const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
          end - std::chrono::steady_clock::now());
      pollfd ready{socket_.get(), POLLIN, 0};
      if (left.count() <= 0 || ::poll(&ready, 1, static_cast<int>(left.count())) <= 0) break;
      char piece[65536];
      const auto size = ::recv(socket_.get(), piece, sizeof piece, 0);
      closed = size <= 0;
      if (closed) break;
      received.append(piece, static_cast<std::size_t>(size));
    }
    return received;
  }
  std::string& receive_all() { return receive_until(""); }

  std::string received;
  bool closed = false;

 private:
  crun::executor::Fd socket_;
};

/// A server with its loop on a thread of its own.
struct Site {
  Site() : server(std::make_unique<HttpServer>(loop, service, "127.0.0.1:0")) {
    port = server->port();
    thread = std::thread([this] { loop.run(); });
  }
  ~Site() {
    on_loop([this] { server.reset(); });
    loop.stop();
    thread.join();
  }

  void on_loop(std::function<void()> work) {
    boost::asio::post(loop, std::move(work));
    // The loop is done with it when it has done this, too.
    std::atomic<bool> done = false;
    boost::asio::post(loop, [&done] { done = true; });
    while (!done) std::this_thread::sleep_for(1ms);
  }

  std::string ask(
      const std::string& method, const std::string& path, const std::string& more = "") {
    Client client(port);
    client.send(fmt::format(
        "{} {} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nConnection: close\r\n{}\r\n",
        method,
        path,
        port,
        more));
    return client.receive_all();
  }
  std::string get(const std::string& path, const std::string& more = "") {
    return ask("GET", path, more);
  }

  FakeService service;
  boost::asio::io_context loop;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> alive{
      loop.get_executor()};  // also after stop()
  std::unique_ptr<HttpServer> server;
  int port = 0;
  std::thread thread;
};

std::string status(const std::string& answer) {
  return answer.substr(9, 3);
}

std::string log_line(const std::string& text) {
  return R"({"time":"2026-11-21T13:20:27.482Z","event":"log","job":"a","step":1,"kind":"text","line":")" +
         text + "\"}\n";
}

const std::string run_finished =
    R"({"time":"2026-11-21T13:20:28.482Z","event":"run.finished","conclusion":"success","exit_code":0,"images":[],"note":""})"
    "\n";

const std::string json_type = "Content-Type: application/json\r\n";

}  // namespace

TEST_CASE("http: health, list, run and what is not there have their answers", "[server]") {
  Site site;
  site.service.add("7", RunState::ended);
  CHECK_THAT(site.get("/healthz"), ContainsSubstring("200 OK") && ContainsSubstring("\r\n\r\nok"));
  CHECK_THAT(site.get("/"), ContainsSubstring("href=\"/runs/7\"") && ContainsSubstring("success"));
  CHECK_THAT(site.get("/runs/7"), ContainsSubstring("200 OK") && ContainsSubstring("slow.yml"));
  CHECK_THAT(
      site.get("/api/runs"), ContainsSubstring("\"id\":\"7\"") && ContainsSubstring("\r\n\r\n["));
  CHECK_THAT(site.get("/api/runs/7"), ContainsSubstring("\"conclusion\":\"success\""));
  for (const std::string path :
       {"/runs/8",
        "/runs/",
        "/runs/7/",
        "/runs/7/events",
        "/runs/%37",
        "/runs/..",
        "/../etc/passwd",
        "//etc/passwd",
        "/api/runs/8",
        "/api/runs/8/events",
        "/api/runs/7/../../x",
        "/assets/none",
        "/assets/../run.js",
        "/nothing"}) {
    INFO(path);
    CHECK(status(site.get(path)) == "404");
  }
}

TEST_CASE("http: every answer has the protecting headers, also of errors", "[server]") {
  Site site;
  site.service.add("7", RunState::ended);
  for (const std::string path :
       {"/",
        "/runs/7",
        "/api/runs",
        "/api/runs/7",
        "/healthz",
        "/nothing",
        "/assets/run.js",
        "/api/runs/7/events"}) {
    INFO(path);
    const auto answer = site.get(path);
    CHECK_THAT(answer, ContainsSubstring("X-Content-Type-Options: nosniff\r\n"));
    CHECK_THAT(answer, ContainsSubstring("Referrer-Policy: no-referrer\r\n"));
    CHECK_THAT(answer, ContainsSubstring("frame-ancestors 'none'"));
    CHECK(answer.find("Access-Control-Allow-Origin") == std::string::npos);
    CHECK(answer.find("unsafe-inline") == std::string::npos);
  }
  Client rude(site.port);
  rude.send("NOT HTTP\r\n\r\n");
  CHECK_THAT(rude.receive_all(), ContainsSubstring(" 400 ") && ContainsSubstring("nosniff"));
}

TEST_CASE("http: only GET and HEAD read, only POST delivers a webhook", "[server]") {
  Site site;
  site.service.add("7", RunState::ended);
  for (const std::string method : {"POST", "PUT", "DELETE", "PATCH", "OPTIONS"}) {
    for (const std::string path : {"/", "/runs/7", "/api/runs", "/api/runs/7", "/healthz"}) {
      INFO(method << " " << path);
      CHECK(status(site.ask(method, path, json_type + "Content-Length: 0\r\n")) == "405");
    }
  }
  CHECK(status(site.get("/webhooks/github")) == "405");
  CHECK(site.service.webhooks.empty());
  const auto head = site.ask("HEAD", "/api/runs");
  CHECK(status(head) == "200");
  CHECK(head.ends_with("\r\n\r\n"));
}

TEST_CASE("http: a webhook is handed over with its headers and its whole body", "[server]") {
  Site site;
  const std::string body(3'000'000, 'x');
  const auto answer = site.ask(
      "POST",
      "/webhooks/github",
      fmt::format(
          "content-type: application/json; charset=utf-8\r\nX-GITHUB-EVENT: push\r\n"
          "X-GitHub-Delivery: d\r\nX-Hub-Signature-256: sha256=s\r\nContent-Length: {}\r\n\r\n{}",
          body.size(),
          body));
  CHECK_THAT(answer, ContainsSubstring("202") && ContainsSubstring(R"({"runs":["1"]})"));
  REQUIRE(site.service.webhooks.size() == 1);
  const auto& got = site.service.webhooks[0];
  CHECK(got.event == "push");
  CHECK(got.delivery == "d");
  CHECK(got.signature == "sha256=s");
  CHECK(got.body == body);
  const auto other = "Content-Type: text/plain\r\nContent-Length: 2\r\n\r\n{}";
  CHECK(status(site.ask("POST", "/webhooks/github", other)) == "415");
  CHECK(site.service.webhooks.size() == 1);
}

TEST_CASE("http: a webhook in chunks or after 100-continue is taken", "[server]") {
  Site site;
  const auto chunked =
      json_type + "Transfer-Encoding: chunked\r\n\r\n3\r\n{\"a\r\n4\r\n\":1}\r\n0\r\n";
  CHECK(status(site.ask("POST", "/webhooks/github", chunked)) == "202");
  Client polite(site.port);
  polite.send(
      "POST /webhooks/github HTTP/1.1\r\nHost: x.example\r\n" + json_type +
      "Expect: 100-continue\r\nContent-Length: 2\r\n\r\n");
  CHECK_THAT(polite.receive_until("\r\n\r\n"), ContainsSubstring("100 Continue"));
  polite.send("{}");
  CHECK_THAT(polite.receive_until("202"), ContainsSubstring("202 Accepted"));
  REQUIRE(site.service.webhooks.size() == 2);
  CHECK(site.service.webhooks[0].body == "{\"a\":1}");
  CHECK(site.service.webhooks[1].body == "{}");
}

TEST_CASE("http: a body over 25 MB is 413, announced or in chunks", "[server]") {
  Site site;
  const auto head = "POST /webhooks/github HTTP/1.1\r\nHost: localhost\r\n" + json_type;
  Client announced(site.port);
  announced.send(head + "Content-Length: 26214401\r\n\r\n");
  CHECK_THAT(announced.receive_until("\r\n\r\n"), ContainsSubstring(" 413 "));
  Client chunked(site.port);
  chunked.send(head + "Transfer-Encoding: chunked\r\n\r\n");
  const std::string piece(1 << 20, ' ');
  for (int i = 0; i < 26; ++i) {
    if (!chunked.send("100000\r\n" + piece + "\r\n")) break;
  }
  CHECK_THAT(chunked.receive_until("\r\n\r\n"), ContainsSubstring(" 413 "));
  CHECK(site.service.webhooks.empty());
  CHECK(status(site.get("/healthz")) == "200");
}

TEST_CASE("http: bodies that are still kept count, those that are gone do not", "[server]") {
  Site site;
  const std::string body(20 << 20, ' ');
  const auto request =
      json_type + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
  for (int i = 0; i < 5; ++i) {
    CHECK(status(site.ask("POST", "/webhooks/github", request)) == "202");
  }
  CHECK(status(site.ask("POST", "/webhooks/github", request)) == "503");
  site.service.webhooks.clear();
  CHECK(status(site.ask("POST", "/webhooks/github", request)) == "202");
}

TEST_CASE("http: a header that is too large is 431", "[server]") {
  Site site;
  CHECK(status(site.get("/", "X-Large: " + std::string(20'000, 'x') + "\r\n")) == "431");
}

TEST_CASE("http: pages answer to no foreign host name, webhooks to any", "[server]") {
  Site site;
  const auto ask = [&site](const std::string& path, const std::string& host) {
    Client client(site.port);
    client.send("GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n");
    return status(client.receive_all());
  };
  for (const std::string host :
       {"localhost",
        "localhost:80",
        "LOCALHOST",
        "a.localhost",
        "127.0.0.1",
        "10.1.2.3:8",
        "[::1]:80"}) {
    INFO(host);
    CHECK(ask("/", host) == "200");
  }
  for (const std::string host :
       {"evil.example", "127.0.0.1.evil.example", "localhost.evil.example", ""}) {
    INFO(host);
    CHECK(ask("/", host) == "421");
    CHECK(ask("/healthz", host) == "200");
  }
}

TEST_CASE("http: requests follow one another on a connection", "[server]") {
  Site site;
  Client client(site.port);
  for (int i = 0; i < 3; ++i) {
    client.received.clear();
    client.send("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n");
    CHECK_THAT(client.receive_until("ok\n"), ContainsSubstring("200 OK"));
  }
  client.received.clear();
  client.send("GET /nothing HTTP/1.1\r\nHost: localhost\r\n\r\n");
  CHECK_THAT(client.receive_until("</html>"), ContainsSubstring("404 Not Found"));
  CHECK_FALSE(client.closed);
}

TEST_CASE("http: slow clients beyond the limit make room for others", "[server]") {
  Site site;
  std::vector<std::unique_ptr<Client>> slow;
  for (int i = 0; i < 600; ++i) {
    slow.push_back(std::make_unique<Client>(site.port));
    slow.back()->send("GET / HTTP/1.1\r\nX-Slow: ");
  }
  CHECK(status(site.get("/healthz")) == "200");
  CHECK(slow.front()->receive_until("x", 2s).empty());
  CHECK(slow.front()->closed);
}

TEST_CASE(
    "events: the stream shows what is there and what comes, and ends with the run", "[server]") {
  Site site;
  site.on_loop([&site] {
    site.service.add("7", RunState::running);
    site.service.write("7", log_line("one"));
  });
  Client client(site.port);
  client.send("GET /api/runs/7/events HTTP/1.1\r\nHost: localhost\r\n\r\n");
  CHECK_THAT(
      client.receive_until("\"one\"}\n\n"),
      ContainsSubstring("Content-Type: text/event-stream") &&
          ContainsSubstring(fmt::format("id: {}\ndata: {{", log_line("one").size())));
  site.on_loop([&site] { site.service.write("7", log_line("two").substr(0, 50)); });
  site.on_loop([&site] { site.service.write("7", log_line("two").substr(50) + run_finished); });
  CHECK_THAT(
      client.receive_all(), ContainsSubstring("\"two\"") && ContainsSubstring("run.finished"));
  CHECK(client.closed);
}

TEST_CASE("events: Last-Event-ID gives exactly the missing ones, then 204", "[server]") {
  Site site;
  site.service.add("7", RunState::ended);
  site.service.write("7", log_line("one") + log_line("two") + run_finished);
  const auto first = log_line("one").size();
  const auto rest = site.get("/api/runs/7/events", fmt::format("Last-Event-ID: {}\r\n", first));
  CHECK(rest.find("\"one\"") == std::string::npos);
  CHECK_THAT(rest, ContainsSubstring("\"two\"") && ContainsSubstring("run.finished"));
  CHECK(site.get(fmt::format("/api/runs/7/events?after={}", first))
            .ends_with(rest.substr(rest.find("id: "))));
  const auto end = 2 * first + run_finished.size();
  CHECK(status(site.get("/api/runs/7/events", fmt::format("Last-Event-ID: {}\r\n", end))) == "204");
  for (const std::string odd : {"5", "-1", "x", "99999999999999999999", "987654"}) {
    INFO(odd);
    CHECK_THAT(
        site.get("/api/runs/7/events", "Last-Event-ID: " + odd + "\r\n"),
        ContainsSubstring("\"one\""));
  }
}

TEST_CASE("events: a run that ended without a last event gets one", "[server]") {
  Site site;
  auto& run = site.service.add("7", RunState::ended);
  run.conclusion = "failure";
  run.reason = "its process was killed by signal 9";
  run.exit_code = 1;
  site.service.write("7", log_line("one") + "{\"time\":\"cut");
  const auto answer = site.get("/api/runs/7/events");
  CHECK_THAT(
      answer,
      ContainsSubstring("id: end\ndata: {") && ContainsSubstring("\"conclusion\":\"failure\"") &&
          ContainsSubstring("killed by signal 9"));
  CHECK(answer.find("cut") == std::string::npos);
  CHECK(status(site.get("/api/runs/7/events", "Last-Event-ID: end\r\n")) == "204");
}

TEST_CASE("events: a queued run's stream waits, and stop() ends it", "[server]") {
  Site site;
  site.service.add("7", RunState::queued);
  Client client(site.port);
  client.send("GET /api/runs/7/events HTTP/1.1\r\nHost: localhost\r\n\r\n");
  CHECK_THAT(client.receive_until("\r\n\r\n"), ContainsSubstring("200 OK"));
  CHECK_FALSE(client.closed);
  site.on_loop([&site] { site.server->stop(); });
  client.receive_all();
  CHECK(client.closed);
  CHECK(site.service.listeners.empty());
}

TEST_CASE("http: a port in use and an address that is none are told", "[server]") {
  Site site;
  boost::asio::io_context loop;
  FakeService service;
  const auto taken = fmt::format("127.0.0.1:{}", site.port);
  CHECK_THROWS_WITH(
      HttpServer(loop, service, taken), ContainsSubstring(taken) && ContainsSubstring("in use"));
  for (const std::string wrong :
       {"", "8080", "nowhere:80", "127.0.0.1", "127.0.0.1:", "127.0.0.1:70000", "127.0.0.1:x"}) {
    INFO(wrong);
    CHECK_THROWS_AS(HttpServer(loop, service, wrong), crun::executor::Error);
  }
}

TEST_CASE("http: no socket is inherited by the processes of runs", "[server]") {
  Site site;
  Client client(site.port);
  client.send("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n");
  client.receive_until("ok\n");
  int sockets = 0;
  for (int fd = 3; fd < 1024; ++fd) {
    struct stat about {};
    if (::fstat(fd, &about) != 0 || !S_ISSOCK(about.st_mode)) continue;
    ++sockets;
    CHECK((::fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0);
  }
  CHECK(sockets >= 3);
}
