#include "runner/server/routes.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>

#include <arpa/inet.h>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "runner/server/assets.hpp"
#include "runner/server/pages.hpp"
#include "runner/server/run_json.hpp"
#include "runner/server/run_page.hpp"

namespace crun::runner {

namespace {

constexpr int runs_on_the_list = 200;
constexpr int runs_at_most = 10'000;

enum class Target { list, run, asset, health, api_runs, api_run, api_events, webhook, nothing };

struct Place {
  Target target = Target::nothing;
  std::string name;  // of the run or the asset
};

bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= 64 && text.front() != '.' &&
         std::all_of(text.begin(), text.end(), [](unsigned char c) {
           return std::isalnum(c) != 0 || c == '-' || c == '_' || c == '.';
         });
}

/// Paths are compared as they were sent: no path of ours needs an escape, so one that has any is
/// none of ours.
Place place_of(std::string_view path) {
  if (path == "/") return {Target::list, {}};
  if (path == "/healthz") return {Target::health, {}};
  if (path == "/api/runs") return {Target::api_runs, {}};
  if (path == "/webhooks/github") return {Target::webhook, {}};
  const auto below = [&path](std::string_view folder, std::string_view end) {
    const bool fits =
        path.size() > folder.size() + end.size() && path.starts_with(folder) && path.ends_with(end);
    const auto name =
        fits ? path.substr(folder.size(), path.size() - folder.size() - end.size()) : "";
    return is_name(name) ? std::string(name) : std::string();
  };
  if (auto name = below("/runs/", ""); !name.empty()) return {Target::run, name};
  if (auto name = below("/assets/", ""); !name.empty()) return {Target::asset, name};
  if (auto name = below("/api/runs/", "/events"); !name.empty()) return {Target::api_events, name};
  if (auto name = below("/api/runs/", ""); !name.empty()) return {Target::api_run, name};
  return {};
}

/// Whether a browser can have got here only by this machine's own name. Another name that resolves
/// to this address is how a foreign page would read ours (DNS rebinding).
bool is_own_host(std::string host) {
  std::transform(host.begin(), host.end(), host.begin(), [](unsigned char c) {
    return static_cast<char>(std::tolower(c));
  });
  std::array<unsigned char, sizeof(in6_addr)> address{};
  if (host.starts_with('[')) {
    const auto end = host.find(']');
    if (end == std::string::npos) return false;
    return ::inet_pton(AF_INET6, host.substr(1, end - 1).c_str(), address.data()) == 1;
  }
  host.resize(std::min(host.size(), host.find(':')));
  return host == "localhost" || host.ends_with(".localhost") ||
         ::inet_pton(AF_INET, host.c_str(), address.data()) == 1;
}

bool is_json(std::string type) {
  type.resize(std::min(type.size(), type.find(';')));
  while (!type.empty() && type.back() == ' ') type.pop_back();
  std::transform(type.begin(), type.end(), type.begin(), [](unsigned char c) {
    return static_cast<char>(std::tolower(c));
  });
  return type == "application/json";
}

std::string query_value(std::string_view query, std::string_view name) {
  while (!query.empty()) {
    const auto pair = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(query.size(), pair.size() + 1));
    const auto equals = std::min(pair.size(), pair.find('='));
    if (pair.substr(0, equals) == name) {
      return std::string(pair.substr(std::min(pair.size(), equals + 1)));
    }
  }
  return {};
}

HttpAnswer json_answer(int status, std::string body) {
  return {status, "application/json", std::move(body), {}};
}

HttpAnswer html_answer(int status, std::string body) {
  // Scripts and styles are files of ours, nothing else is; there are no forms, and no frames.
  HttpAnswer made{status, "text/html; charset=utf-8", std::move(body), {}};
  made.headers.emplace_back(
      "Content-Security-Policy",
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
      "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
  return made;
}

HttpAnswer asset_answer(const HttpRequest& request, const std::string& name) {
  const auto* asset = find_asset(name);
  if (asset == nullptr) return error_answer(request, 404, "There is no such file.");
  HttpAnswer made;
  made.headers = {{"Cache-Control", "no-cache"}, {"ETag", asset->etag}};
  if (request.header("if-none-match") == asset->etag) {
    made.status = 304;
    return made;
  }
  made.content_type = asset->content_type;
  made.body = asset->text;
  return made;
}

HttpAnswer list_answer(const HttpRequest& request, const ServiceView& view) {
  int limit = runs_on_the_list;
  const auto wish = query_value(request.query, "limit");
  std::from_chars(wish.data(), wish.data() + wish.size(), limit);
  return json_answer(200, runs_json(view.runs(std::clamp(limit, 1, runs_at_most))));
}

WebhookDelivery webhook_delivery(HttpRequest& request) {
  WebhookRequest webhook;
  webhook.event = request.header("x-github-event");
  webhook.delivery = request.header("x-github-delivery");
  webhook.signature = request.header("x-hub-signature-256");
  webhook.content_type = request.header("content-type");
  webhook.body = std::move(request.body);
  webhook.body_share = std::move(request.body_share);
  return {std::move(webhook)};
}

}  // namespace

HttpAnswer webhook_answer(WebhookAnswer answered) {
  return json_answer(answered.status, std::move(answered.json));
}

HttpAnswer error_answer(const HttpRequest& request, int status, const std::string& message) {
  if (request.path.starts_with("/api/") || request.path.starts_with("/webhooks")) {
    const nlohmann::ordered_json object = {{"error", message}};
    using handler = nlohmann::ordered_json::error_handler_t;
    return json_answer(status, object.dump(-1, ' ', false, handler::replace) + "\n");
  }
  return html_answer(status, error_page(status, message));
}

bool takes_body(const HttpRequest& head) {
  return head.method == "POST" && place_of(head.path).target == Target::webhook;
}

std::optional<HttpAnswer> refusal(const HttpRequest& head) {
  const auto target = place_of(head.path).target;
  const bool open = target == Target::webhook || target == Target::health;
  const auto host = head.headers.find("host");
  if (!open && host != head.headers.end() && !is_own_host(host->second)) {
    return error_answer(
        head,
        421,
        "This service answers to localhost and to addresses only. A proxy in front of it must "
        "send such a Host header.");
  }
  if (target == Target::nothing) return error_answer(head, 404, "There is nothing here.");
  const bool reads = head.method == "GET" || head.method == "HEAD";
  if (target == Target::webhook ? head.method != "POST" : !reads) {
    const std::string allowed = target == Target::webhook ? "POST" : "GET, HEAD";
    auto refused = error_answer(head, 405, "Only " + allowed + " is answered here.");
    refused.headers.emplace_back("Allow", allowed);
    return refused;
  }
  if (target == Target::webhook && !is_json(head.header("content-type"))) {
    return error_answer(head, 415, "The content type of a webhook must be application/json.");
  }
  return std::nullopt;
}

Answer answer(HttpRequest& request, ServiceView& view) {
  const auto place = place_of(request.path);
  switch (place.target) {
    case Target::list:
      return html_answer(200, list_page(view.runs(runs_on_the_list), view.repositories()));
    case Target::health:
      return HttpAnswer{200, "text/plain; charset=utf-8", "ok\n", {}};
    case Target::asset:
      return asset_answer(request, place.name);
    case Target::api_runs:
      return list_answer(request, view);
    case Target::webhook:
      return webhook_delivery(request);
    case Target::run:
    case Target::api_run:
    case Target::api_events:
    case Target::nothing:
      break;
  }
  const auto run = view.run(place.name);
  if (!run) return error_answer(request, 404, fmt::format("There is no run {}.", place.name));
  if (place.target == Target::api_run) return json_answer(200, run_json(*run) + "\n");
  if (place.target == Target::api_events) {
    auto last_id = request.header("last-event-id");
    if (last_id.empty()) last_id = query_value(request.query, "after");
    return StreamAnswer{place.name, last_id};
  }
  return SlowAnswer([run = *run, journal = view.journal(place.name)] {
    return html_answer(200, run_page(run, read_run_page(journal)));
  });
}

}  // namespace crun::runner
