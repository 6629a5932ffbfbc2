#include "executor/builtin/github_api.hpp"

#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "executor/net/http.hpp"

namespace crun::executor::builtin {

namespace {

constexpr int most_pages = 100;

HttpResponse ask(const std::string& url, const std::string& token) {
  HttpRequest request;
  request.url = url;
  request.headers = {"Accept: application/vnd.github+json", "User-Agent: crun"};
  if (!token.empty()) request.headers.push_back("Authorization: token " + token);
  HttpResponse response = http_request(request);
  if (response.status == 0) throw Failed(fmt::format("cannot ask {}: {}", url, response.error));
  if (response.status < 300) return response;
  const auto answer = nlohmann::json::parse(response.body, nullptr, false);
  if (answer.is_object() && answer.contains("message") && answer["message"].is_string()) {
    throw Failed(answer["message"].get<std::string>());
  }
  throw Failed(fmt::format("{} answers with status {}", url, response.status));
}

/// The address of the next page, from the header `Link`, or ''.
std::string next_page(const HttpResponse& response) {
  const auto header = response.headers.find("link");
  if (header == response.headers.end()) return {};
  const std::string& links = header->second;
  const std::size_t mark = links.find("rel=\"next\"");
  if (mark == std::string::npos) return {};
  const std::size_t open = links.rfind('<', mark);
  const std::size_t close = links.find('>', open);
  if (open == std::string::npos || close == std::string::npos) return {};
  return links.substr(open + 1, close - open - 1);
}

}  // namespace

std::optional<GitHubApi> GitHubApi::of(const ActionRuntime& runtime, std::string token) {
  std::string base = runtime.env("GITHUB_API_URL");
  if (runtime.env("CRUN_LOCAL") == "1" || base.empty()) return std::nullopt;
  while (base.ends_with('/')) base.pop_back();
  return GitHubApi(std::move(base), std::move(token));
}

std::string GitHubApi::get(std::string_view path) const {
  return ask(fmt::format("{}{}", base_, path), token_).body;
}

std::vector<std::string> GitHubApi::get_pages(std::string_view path) const {
  std::vector<std::string> pages;
  std::string url = fmt::format("{}{}", base_, path);
  while (!url.empty() && pages.size() < most_pages) {
    // A page elsewhere would get the token.
    if (!url.starts_with(base_ + "/")) throw Failed(fmt::format("{} is not below {}", url, base_));
    HttpResponse response = ask(url, token_);
    url = next_page(response);
    pages.push_back(std::move(response.body));
  }
  return pages;
}

}  // namespace crun::executor::builtin
