#include "runner/render/event_json.hpp"

#include <nlohmann/json.hpp>

#include "tests/catch.hpp"

using namespace crun;
using namespace crun::executor;
using namespace crun::runner;

namespace {

Event log(std::string line, std::string job = "build") {
  return {
      std::chrono::system_clock::time_point(std::chrono::milliseconds(1'769'904'000'007)),
      LogLine{std::move(job), 3, LogLine::Kind::text, std::move(line)}};
}

}  // namespace

TEST_CASE(
    "event json: a line of a log is time, event, job, step, kind and line, in this order",
    "[render]") {
  CHECK(
      event_json(log("hello")) ==
      R"({"time":"2026-02-01T00:00:00.007Z","event":"log","job":"build","step":3,"kind":"text","line":"hello"})");
}

TEST_CASE("event json: every byte of a line comes back when the JSON is read", "[render]") {
  std::string all;
  for (int byte = 1; byte < 0x80; ++byte) all += static_cast<char>(byte);
  all += '\0';
  for (const auto& line :
       {all, std::string("\xC3\xBC\xE2\x9C\x93 \"quoted\" \\ done"), std::string()}) {
    const auto json = nlohmann::json::parse(event_json(log(line, "a\"b")));
    CHECK(json["line"] == line);
    CHECK(json["job"] == "a\"b");
  }
}

TEST_CASE("event json: escapes are those of the library, with and without its detour", "[render]") {
  const std::string controls = "\x01\x1f\b\f\n\r\t\"\\/\x7f";
  const auto direct = event_json(log(controls));
  CHECK(direct.find(nlohmann::json(controls).dump()) != std::string::npos);
}

TEST_CASE("event json: text that is no UTF-8 is repaired", "[render]") {
  const auto json = nlohmann::json::parse(event_json(log("a\xFFz")));
  CHECK(json["line"] == "a\xEF\xBF\xBDz");
}

TEST_CASE("event json: each line keeps its own time, job, step and kind", "[render]") {
  const auto read = [](const Event& event) { return nlohmann::json::parse(event_json(event)); };
  auto event = log("first");
  CHECK(read(event)["line"] == "first");
  event.time += std::chrono::microseconds(1500);
  CHECK(read(event)["time"] == "2026-02-01T00:00:00.008Z");
  auto& line = std::get<LogLine>(event.body);
  line.job = "test";
  CHECK(read(event)["job"] == "test");
  line.step = 4;
  CHECK(read(event)["step"] == 4);
  line.kind = LogLine::Kind::error;
  CHECK(read(event)["kind"] == "error");
  CHECK(read(log("again"))["job"] == "build");
}

TEST_CASE("event json: an event is added at the end of a text, which stays as it is", "[render]") {
  std::string text = "before";
  append_event_json(log("\xC3\xBC"), text);
  CHECK(text == "before" + event_json(log("\xC3\xBC")));
}
