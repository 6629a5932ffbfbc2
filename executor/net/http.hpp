// One HTTP request and its answer, with limits instead of hangs. Blocking: for built-in actions and
// worker threads.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace crun::executor {

struct HttpRequest {
  std::string method = "GET";
  std::string url;
  std::vector<std::string> headers;  // "Accept: text/plain"
  std::string body;
  /// Basic authentication; sent at once, and never to another host after a redirect.
  std::string username, password;
  bool verify_certificate = true;
  std::chrono::seconds connect_limit{5};
  std::chrono::seconds limit{20};
  std::uint64_t largest_body = 8 << 20;
};

struct HttpResponse {
  enum class Failure { none, no_connection, tls, other };

  int status = 0;  // 0: there was no answer, see `failure` and `error`
  Failure failure = Failure::none;
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;
  std::string error;  // "Connection refused"
};

HttpResponse http_request(const HttpRequest& request);

/// The host of "host:port" or "[::1]:port" is this machine's loopback.
bool is_loopback(std::string_view host_and_port);
std::string percent_encoded(std::string_view text);

}  // namespace crun::executor
