// A small HTTP server on this machine's loopback for tests: one thread, one request a connection.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace crun::tests {

struct StubRequest {
  std::string method;
  std::string target;                          // "/v2/?a=b"
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;
};

struct StubAnswer {
  int status = 200;
  std::string body;
  std::map<std::string, std::string> headers;
};

class HttpStub {
 public:
  using Handler = std::function<StubAnswer(const StubRequest&)>;

  /// Listens on a free port; `handler` is called on the stub's thread.
  explicit HttpStub(Handler handler);
  ~HttpStub();
  HttpStub(const HttpStub&) = delete;
  HttpStub& operator=(const HttpStub&) = delete;

  std::string host() const;  // "127.0.0.1:43210"
  /// "GET /path?query" of every request so far.
  std::vector<std::string> hits() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace crun::tests
