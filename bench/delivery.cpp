#include "bench/delivery.hpp"

#include <cctype>
#include <chrono>
#include <cstdlib>

#include <fmt/format.h>

#include "executor/error.hpp"
#include "executor/files/sha256.hpp"

namespace crun::bench {
namespace {

using Clock = std::chrono::steady_clock;

double since(Clock::time_point begin) {
  return std::chrono::duration<double, std::milli>(Clock::now() - begin).count();
}

/// The text between two others, or nothing.
std::string between(const std::string& line, std::string_view before, std::string_view after) {
  const auto at = line.find(before);
  if (at == std::string::npos) return {};
  const auto begin = at + before.size();
  const auto end = line.find(after, begin);
  return end == std::string::npos ? std::string() : line.substr(begin, end - begin);
}

/// How long ago a line of the script was written, if it is one of those that say so.
void add_lag(const std::string& line, std::vector<double>& lags) {
  const auto written = between(line, "at-", "-end");
  if (written.empty() || !std::isdigit(static_cast<unsigned char>(written.front()))) return;
  const auto now =
      std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch());
  lags.push_back(1000 * (now.count() - std::strtod(written.c_str(), nullptr)));
}

}  // namespace

std::string marked_script() {
  // The first line is nowhere in the script itself, which logs show too.
  return "printf 'first-%s\\n' line\n"
         "for i in 1 2 3 4 5; do sleep 0.02; echo \"at-$EPOCHREALTIME-end\"; done\n";
}

std::string push_webhook(
    const std::string& before,
    const std::string& after,
    const std::string& secret,
    const std::string& delivery) {
  const auto body = fmt::format(
      R"({{"ref":"refs/heads/main","before":"{}","after":"{}","repository":{{"name":"demo"}}}})",
      before,
      after);
  return fmt::format(
      "POST /webhooks/github HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
      "Content-Type: application/json\r\nX-GitHub-Event: push\r\nX-GitHub-Delivery: {}\r\n"
      "X-Hub-Signature-256: sha256={}\r\nContent-Length: {}\r\n\r\n{}",
      delivery,
      executor::to_hex(executor::hmac_sha256(secret, body)),
      body.size(),
      body);
}

Delivery deliver(int port, const std::string& webhook, const Follow& follow) {
  Delivery delivery;
  const auto sent = Clock::now();
  Wire sender(port);
  sender.send(webhook);
  std::string run, answer;
  for (std::string line; run.empty() && sender.next(line);) {
    run = between(line, "\"runs\":[\"", "\"");
    answer = line;
  }
  delivery.answered = since(sent);
  if (run.empty()) throw executor::Error("the webhook was not taken: " + answer);
  auto lines = follow(std::move(sender), run);
  for (std::string line; lines.next(line);) {
    if (delivery.first_line == 0 && line.find("first-line") != std::string::npos) {
      delivery.first_line = since(sent);
    }
    add_lag(line, delivery.lags);
    if (line.find("\"event\":\"run.finished\"") != std::string::npos) break;
  }
  if (delivery.first_line == 0 || delivery.lags.empty()) {
    throw executor::Error("run " + run + " has no log");
  }
  return delivery;
}

}  // namespace crun::bench
