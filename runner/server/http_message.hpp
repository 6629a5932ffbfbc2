// A request and its answer without the library that reads and writes them.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace crun::runner {

struct HttpRequest {
  std::string method;                          // "GET"
  std::string path;                            // as it was sent, up to the question mark
  std::string query;                           // behind it
  std::map<std::string, std::string> headers;  // names in lower case; of several the first
  std::string body;
  std::shared_ptr<const void> body_share;  // of the memory for bodies, as long as this one is kept

  std::string header(const std::string& name) const {
    const auto found = headers.find(name);
    return found == headers.end() ? std::string() : found->second;
  }
};

struct HttpAnswer {
  int status = 200;
  std::string content_type = "text/plain; charset=utf-8";
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;  // beyond those of every answer
};

}  // namespace crun::runner
