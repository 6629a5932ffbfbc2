// A container's life as requests on the engine's socket.
#include <chrono>
#include <cstdlib>
#include <future>

#include "bench/limits/limits.hpp"
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "executor/error.hpp"

namespace crun::bench {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;

std::string engine_socket() {
  const char* named = std::getenv("DOCKER_HOST");
  const std::string_view address = named && *named ? named : "unix:///var/run/docker.sock";
  constexpr std::string_view scheme = "unix://";
  if (!address.starts_with(scheme)) {
    throw executor::Error("the engine has no socket on this machine");
  }
  return std::string(address.substr(scheme.size()));
}

class EngineConnection {
 public:
  EngineConnection() : socket_(context_) {
    socket_.connect(asio::local::stream_protocol::endpoint(engine_socket()));
  }

  std::string request(http::verb verb, const std::string& target, const std::string& body = {}) {
    http::request<http::string_body> request{verb, target, 11};
    request.set(http::field::host, "localhost");
    if (!body.empty()) request.set(http::field::content_type, "application/json");
    request.body() = body;
    request.prepare_payload();
    http::write(socket_, request);
    http::response<http::string_body> response;
    http::read(socket_, buffer_, response);
    if (response.result_int() >= 300) {
      throw executor::Error(fmt::format("the engine refuses {}: {}", target, response.body()));
    }
    return response.body();
  }

 private:
  asio::io_context context_;
  asio::local::stream_protocol::socket socket_;
  boost::beast::flat_buffer buffer_;
};

void live_and_go(const std::string& image) {
  EngineConnection engine;
  const nlohmann::json wanted = {
      {"Image", image}, {"Cmd", {"sh", "-ec", ":"}}, {"HostConfig", {{"Init", true}}}};
  const auto made = engine.request(http::verb::post, "/containers/create", wanted.dump());
  const auto id = nlohmann::json::parse(made).at("Id").get<std::string>();
  engine.request(http::verb::post, "/containers/" + id + "/start");
  engine.request(http::verb::post, "/containers/" + id + "/wait");
  engine.request(http::verb::delete_, "/containers/" + id + "?force=1");
}

}  // namespace

double container_lives(const std::string& image, int at_once) {
  const auto begin = std::chrono::steady_clock::now();
  std::vector<std::future<void>> lives;
  for (int i = 0; i < at_once; ++i) {
    lives.push_back(std::async(std::launch::async, live_and_go, image));
  }
  for (auto& life : lives) life.get();
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin)
      .count();
}

}  // namespace crun::bench
