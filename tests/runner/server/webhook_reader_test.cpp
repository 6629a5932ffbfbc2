#include "runner/server/webhook_reader.hpp"

#include <nlohmann/json.hpp>

#include "executor/files/sha256.hpp"
#include "tests/catch.hpp"

namespace executor = crun::executor;
using namespace crun::runner;
using Json = nlohmann::ordered_json;

namespace {

const std::string before(40, 'a');
const std::string after(40, 'b');

std::vector<RepositoryConfig> repositories() {
  RepositoryConfig demo, other, silent;
  demo.name = "demo";
  demo.url = "https://forge.example/a/demo.git";
  demo.webhook_secret = "one";
  other.name = "other";
  other.webhook_secret = "two";
  silent.name = "silent";
  return {demo, other, silent};
}

Json push_of(const std::string& repository) {
  return {
      {"ref", "refs/heads/main"},
      {"before", before},
      {"after", after},
      {"repository", {{"name", repository}}}};
}

WebhookRequest sign(const std::string& body, const std::string& secret) {
  WebhookRequest request;
  request.event = "push";
  request.delivery = "d";
  request.signature = "sha256=" + executor::to_hex(executor::hmac_sha256(secret, body));
  request.body = body;
  return request;
}

WebhookReading reading_of(const Json& payload, const std::string& secret) {
  return read_webhook(sign(payload.dump(), secret), repositories());
}

}  // namespace

TEST_CASE("webhook reader: a signed push tells its repository and what moved", "[server]") {
  const auto reading = reading_of(push_of("demo"), "one");
  REQUIRE(reading.refused == 0);
  CHECK(reading.repository == "demo");
  REQUIRE(reading.push);
  CHECK(reading.push->ref == "refs/heads/main");
  CHECK(reading.push->before == before);
  CHECK(reading.push->after == after);
  CHECK(*reading.push->payload.text == push_of("demo").dump());
  CHECK(*reading.push->payload.json == push_of("demo"));
}

TEST_CASE("webhook reader: a repository is known by its name, full name or address", "[server]") {
  auto payload = push_of("x");
  payload["repository"] = {{"clone_url", "https://forge.example/a/demo.git"}};
  CHECK(reading_of(payload, "one").repository == "demo");
  payload["repository"] = {{"full_name", "other"}};
  CHECK(reading_of(payload, "two").repository == "other");
}

TEST_CASE("webhook reader: who has signed decides what may be said", "[server]") {
  CHECK(reading_of(push_of("demo"), "two").refused == 401);
  CHECK(reading_of(push_of("demo"), "three").refused == 401);
  CHECK(reading_of(push_of("silent"), "").refused == 401);
  CHECK(reading_of(push_of("silent"), "one").refused == 401);
  CHECK(reading_of(push_of("nobody"), "one").refused == 404);
  auto changed = sign(push_of("demo").dump(), "one");
  changed.body += ' ';
  CHECK(read_webhook(changed, repositories()).refused == 401);
}

TEST_CASE("webhook reader: a broken body or push is refused, another event is taken", "[server]") {
  for (const char* body : {"", "{", "[]", "null", "\"x\"", "\xff"}) {
    INFO(body);
    CHECK(read_webhook(sign(body, "one"), repositories()).refused == 400);
  }
  for (const auto& [key, value] :
       {std::pair<const char*, Json>{"ref", 5},
        {"ref", "refs/pull/1/head"},
        {"before", nullptr},
        {"after", "--upload-pack=x"},
        {"after", before}}) {
    auto payload = push_of("demo");
    payload[key] = value;
    INFO(payload.dump());
    CHECK(reading_of(payload, "one").refused == 400);
  }
  auto nameless = sign(push_of("demo").dump(), "one");
  nameless.delivery.clear();
  CHECK(read_webhook(nameless, repositories()).refused == 400);
  auto ping = sign(push_of("demo").dump(), "one");
  ping.event = "ping";
  const auto reading = read_webhook(ping, repositories());
  CHECK(reading.refused == 0);
  CHECK_FALSE(reading.push);
}

TEST_CASE("webhook reader: a push brings no inputs", "[server]") {
  auto payload = push_of("demo");
  payload["inputs"] = {{"stage", "live"}};
  const auto reading = reading_of(payload, "one");
  REQUIRE(reading.push);
  CHECK(*reading.push->payload.text == push_of("demo").dump());
  CHECK_FALSE(reading.push->payload.json->contains("inputs"));
}
