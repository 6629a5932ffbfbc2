#include "executor/builtin/docker/engine.hpp"

#include <filesystem>

#include <fmt/format.h>

#include "executor/builtin/docker/docker_command.hpp"
#include "executor/error.hpp"
#include "executor/net/http.hpp"
#include "executor/net/unix_socket.hpp"

namespace crun::executor::builtin {
namespace {

[[noreturn]] void fail(const std::string& address, const std::string& why) {
  throw Failed(fmt::format(
      "the docker engine at {} does not answer: {}. Is the docker daemon running?", address, why));
}

void check_socket(const std::string& address, const std::filesystem::path& socket) {
  try {
    connect_to_unix_socket(socket);
  } catch (const Error& error) {
    fail(address, error.what());
  }
}

void check_tcp(const std::string& address) {
  HttpRequest request;
  request.url = "http://" + address.substr(std::string_view("tcp://").size()) + "/_ping";
  const HttpResponse response = http_request(request);
  // Anything that answers is good: a TLS port answers plain HTTP with an error.
  if (response.failure == HttpResponse::Failure::no_connection) fail(address, response.error);
}

}  // namespace

void check_engine(const ActionRuntime& runtime) {
  if (uses_podman(runtime)) return;  // it has no daemon
  const std::string host = runtime.env("DOCKER_HOST");
  if (host.starts_with("unix://")) return check_socket(host, host.substr(7));
  if (host.starts_with("tcp://")) return check_tcp(host);
}

}  // namespace crun::executor::builtin
