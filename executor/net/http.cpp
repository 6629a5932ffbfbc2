#include "executor/net/http.hpp"

#include <algorithm>
#include <cctype>
#include <cstring>
#include <memory>

#include <fmt/format.h>

#include "executor/error.hpp"
#include "executor/net/curl_library.hpp"

namespace crun::executor {
namespace {

struct CurlHandle {
  const CurlLibrary& library = curl_library();
  CURL* handle = library.easy_init();
  curl_slist* headers = nullptr;

  CurlHandle() {
    if (!handle) throw Error("cannot set up libcurl");
  }
  ~CurlHandle() {
    library.slist_free_all(headers);
    library.easy_cleanup(handle);
  }
  template <class Value>
  void set(CURLoption option, Value value) {
    library.easy_setopt(handle, option, value);
  }

  CurlHandle(const CurlHandle&) = delete;
  CurlHandle& operator=(const CurlHandle&) = delete;
};

struct Reception {
  HttpResponse* response;
  std::uint64_t largest;
};

std::size_t on_body(char* data, std::size_t, std::size_t size, void* target) {
  auto& reception = *static_cast<Reception*>(target);
  if (reception.response->body.size() + size > reception.largest) return 0;
  reception.response->body.append(data, size);
  return size;
}

std::size_t on_header(char* data, std::size_t, std::size_t size, void* target) {
  auto& response = *static_cast<Reception*>(target)->response;
  const std::string_view line(data, size);
  const std::size_t colon = line.find(':');
  if (line.starts_with("HTTP/")) {
    response.headers.clear();  // of a redirect
  } else if (colon != line.npos) {
    std::string name(line.substr(0, colon));
    std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) {
      return static_cast<char>(std::tolower(c));
    });
    std::string_view value = line.substr(colon + 1);
    const std::size_t first = value.find_first_not_of(" \t");
    const std::size_t last = value.find_last_not_of(" \t\r\n");
    if (first != value.npos) response.headers[name] = value.substr(first, last - first + 1);
  }
  return size;
}

std::string_view host_of(std::string_view url) {
  const std::size_t scheme = url.find("://");
  if (scheme != url.npos) url.remove_prefix(scheme + 3);
  return url.substr(0, url.find('/'));
}

void configure(CurlHandle& curl, const HttpRequest& request) {
  curl.set(CURLOPT_URL, request.url.c_str());
  if (request.method == "HEAD") {
    curl.set(CURLOPT_NOBODY, 1L);
  } else {
    curl.set(CURLOPT_CUSTOMREQUEST, request.method.c_str());
  }
  if (!request.body.empty() || request.method == "POST") {
    curl.set(CURLOPT_POSTFIELDSIZE, static_cast<long>(request.body.size()));
    curl.set(CURLOPT_POSTFIELDS, request.body.c_str());
  }
  for (const std::string& header : request.headers) {
    curl.headers = curl.library.slist_append(curl.headers, header.c_str());
  }
  curl.set(CURLOPT_HTTPHEADER, curl.headers);
  if (!request.username.empty() || !request.password.empty()) {
    curl.set(CURLOPT_HTTPAUTH, static_cast<long>(CURLAUTH_BASIC));
    curl.set(CURLOPT_USERNAME, request.username.c_str());
    curl.set(CURLOPT_PASSWORD, request.password.c_str());
  }
  curl.set(CURLOPT_NOSIGNAL, 1L);
  curl.set(CURLOPT_PROTOCOLS_STR, "http,https");
  curl.set(CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
  curl.set(CURLOPT_FOLLOWLOCATION, 1L);
  curl.set(CURLOPT_MAXREDIRS, 5L);
  curl.set(CURLOPT_USERAGENT, "crun/" CRUN_VERSION);
  curl.set(CURLOPT_CONNECTTIMEOUT, static_cast<long>(request.connect_limit.count()));
  curl.set(CURLOPT_TIMEOUT, static_cast<long>(request.limit.count()));
  if (!request.verify_certificate) {
    curl.set(CURLOPT_SSL_VERIFYPEER, 0L);
    curl.set(CURLOPT_SSL_VERIFYHOST, 0L);
  }
  // A proxy of the environment is for the world, not for this machine.
  if (is_loopback(host_of(request.url))) curl.set(CURLOPT_PROXY, "");
}

HttpResponse::Failure kind_of_failure(CURLcode code) {
  switch (code) {
    case CURLE_COULDNT_CONNECT:
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_OPERATION_TIMEDOUT:
      return HttpResponse::Failure::no_connection;
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
      return HttpResponse::Failure::tls;
    default:
      return HttpResponse::Failure::other;
  }
}

/// What people know it as, rather than libcurl's sentence.
std::string failure_text(const CurlHandle& curl, CURLcode code, const char* details) {
  long system_error = 0;
  curl.library.easy_getinfo(curl.handle, CURLINFO_OS_ERRNO, &system_error);
  if (code == CURLE_COULDNT_CONNECT && system_error != 0) {
    return system_error_text(static_cast<int>(system_error));
  }
  if (code == CURLE_WRITE_ERROR) return "the answer is larger than expected";
  return *details ? details : curl.library.easy_strerror(code);
}

}  // namespace

HttpResponse http_request(const HttpRequest& request) {
  CurlHandle curl;
  HttpResponse response;
  Reception reception{&response, request.largest_body};
  char details[CURL_ERROR_SIZE] = "";
  configure(curl, request);
  curl.set(CURLOPT_ERRORBUFFER, &details[0]);
  curl.set(CURLOPT_WRITEFUNCTION, &on_body);
  curl.set(CURLOPT_WRITEDATA, &reception);
  curl.set(CURLOPT_HEADERFUNCTION, &on_header);
  curl.set(CURLOPT_HEADERDATA, &reception);
  const CURLcode code = curl.library.easy_perform(curl.handle);
  if (code != CURLE_OK) {
    response.failure = kind_of_failure(code);
    response.error = failure_text(curl, code, details);
    return response;
  }
  long status = 0;
  curl.library.easy_getinfo(curl.handle, CURLINFO_RESPONSE_CODE, &status);
  response.status = static_cast<int>(status);
  return response;
}

bool is_loopback(std::string_view host_and_port) {
  const bool bracketed = host_and_port.starts_with('[');
  const std::string_view host = bracketed ? host_and_port.substr(0, host_and_port.find(']') + 1)
                                          : host_and_port.substr(0, host_and_port.find(':'));
  if (host == "localhost" || host == "[::1]") return true;
  const bool address = host.find_first_not_of("0123456789.") == host.npos;
  return address && host.starts_with("127.");
}

std::string percent_encoded(std::string_view text) {
  std::string encoded;
  for (const unsigned char c : text) {
    const bool plain = std::isalnum(c) || std::strchr("-._~", c);
    encoded += plain && c ? std::string(1, static_cast<char>(c)) : fmt::format("%{:02X}", c);
  }
  return encoded;
}

}  // namespace crun::executor
