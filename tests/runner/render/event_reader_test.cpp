#include "runner/render/event_reader.hpp"

#include "runner/render/event_json.hpp"
#include "tests/catch.hpp"

using namespace crun;
using namespace crun::executor;

TEST_CASE("event reader: every event comes back as it was written", "[render]") {
  PushedImage image;
  image.ref = "127.0.0.1:5002/a/b:1";
  image.digest = "sha256:1";
  image.registry_digest = "sha256:2";
  image.state = PushedImage::State::mismatch;
  image.size = 5'000'000'000;
  image.platforms = {"linux/amd64"};
  image.cached_steps = 2;
  image.total_steps = 3;
  image.detail = "differs";
  const std::vector<Event::Body> bodies = {
      RunStarted{"7", ".github/workflows/a.yml", "A", "push", "refs/heads/main", "abc"},
      JobStarted{"build", "build (a)", {}},
      StepStarted{"build", 2, "Run it"},
      LogLine{"build", 2, LogLine::Kind::warning, "a \"line\"\t\x1b[31m"},
      Annotation{"build", 2, LogLine::Kind::error, "broken", {{"file", "a.c"}, {"line", "3"}}},
      StepFinished{
          "build",
          2,
          "Run it",
          Conclusion::success,
          Conclusion::failure,
          std::chrono::milliseconds(1234),
          "why"},
      StepSummary{"build", 2, "# Title"},
      ImagePushed{"build", 2, image},
      ImageBuilt{"build", 2, {"a:1", "a:2"}, "sha256:3", "push: false"},
      JobFinished{
          "build", "build (a)", Conclusion::cancelled, "reason", std::chrono::milliseconds(9)},
      Notice{"notice"},
      RunFinished{RunConclusion::cancelled, 130, {image}, "note"}};
  const auto time = std::chrono::system_clock::time_point(std::chrono::milliseconds(1234567890123));
  for (const auto& body : bodies) {
    const auto line = runner::event_json(Event{time, body});
    INFO(line);
    const auto event = runner::event_from_json(line);
    REQUIRE(event);
    CHECK(event->body.index() == body.index());
    CHECK(runner::event_json(*event) == line);
  }
}

TEST_CASE("event reader: what is no event is nothing", "[render]") {
  for (const char* line :
       {"", "{", "[]", "null", R"({"event":"later.invention"})", R"({"time":5})"}) {
    CHECK_FALSE(runner::event_from_json(line));
  }
}
