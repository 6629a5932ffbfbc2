#include "runner/render/plain_sink.hpp"

#include <cstdio>
#include <cstdlib>
#include <string>

#include "runner/render/event_json.hpp"
#include "tests/catch.hpp"

namespace crun::runner {
namespace {

using namespace executor;

/// What the sink writes for events.
std::string written(const std::vector<Event::Body>& events) {
  char* text = nullptr;
  std::size_t size = 0;
  std::FILE* stream = ::open_memstream(&text, &size);
  PlainSink sink(stream, false);
  for (const auto& body : events) sink.on_event({std::chrono::system_clock::time_point(), body});
  sink.flush();
  std::fclose(stream);
  std::string out(text, size);
  std::free(text);
  return out;
}

}  // namespace

TEST_CASE("plain sink: every line says which leg it is from", "[render]") {
  const auto out = written(
      {JobStarted{"b.1", "build (a)", {}},
       StepStarted{"b.1", 1, "Compile"},
       LogLine{"b.1", 1, LogLine::Kind::text, "hello"},
       LogLine{"b.1", 1, LogLine::Kind::warning, "careful\nall"}});
  CHECK(
      out ==
      "build (a): started\nbuild (a): step Compile\nbuild (a) | hello\n"
      "build (a) | warning: careful\nbuild (a) | warning: all\n");
}

TEST_CASE(
    "plain sink: the script of a step is not repeated, groups of its own are shown", "[render]") {
  const auto out = written(
      {JobStarted{"a", "a", {}},
       StepStarted{"a", 1, "Run x"},
       LogLine{"a", 1, LogLine::Kind::group, "Run x"},
       LogLine{"a", 1, LogLine::Kind::command, "x"},
       LogLine{"a", 1, LogLine::Kind::endgroup, ""},
       LogLine{"a", 1, LogLine::Kind::group, "mine"},
       LogLine{"a", 1, LogLine::Kind::text, "in"}});
  CHECK(out == "a: started\na: step Run x\na | > mine\na | in\n");
}

TEST_CASE("plain sink: control bytes of a step do not reach the terminal", "[render]") {
  const auto out = written(
      {JobStarted{"a", "a", {}},
       LogLine{"a", 0, LogLine::Kind::text, "\x1b[31mred\x1b[0m\a\x1b]0;title\x07 end"}});
  CHECK(out.find('\x1b') == std::string::npos);
  CHECK(out.find('\x07') == std::string::npos);
  CHECK(out.find("red") != std::string::npos);
}

TEST_CASE("plain sink: the summary names each image with its state and digest", "[render]") {
  PushedImage image;
  image.ref = "r:5000/app:1";
  image.digest = "sha256:0123456789abcdef0123";
  image.state = PushedImage::State::mismatch;
  const auto out = written({RunFinished{RunConclusion::failure, 5, {image}, "PUSHED 1 image"}});
  CHECK_THAT(out, Catch::Matchers::ContainsSubstring("mismatch  r:5000/app:1"));
  CHECK_THAT(out, Catch::Matchers::ContainsSubstring("sha256:0123456789abcdef"));
  CHECK_THAT(out, Catch::Matchers::ContainsSubstring("PUSHED 1 image"));
}

TEST_CASE("plain sink: the headers of steps side by side are told apart", "[render]") {
  const auto out = written(
      {JobStarted{"a", "a", {}},
       StepStarted{"a", 1, "one"},
       StepStarted{"a", 2, "two"},
       LogLine{"a", 1, LogLine::Kind::group, "Run one"},
       LogLine{"a", 2, LogLine::Kind::group, "Run two"},
       LogLine{"a", 1, LogLine::Kind::endgroup, ""},
       LogLine{"a", 2, LogLine::Kind::command, "hidden"},
       LogLine{"a", 2, LogLine::Kind::endgroup, ""},
       LogLine{"a", 1, LogLine::Kind::command, "shown"}});
  CHECK(out == "a: started\na: step one\na: step two\na | shown\n");
}

TEST_CASE("plain sink: what steps sum up is told once, at the end, job by job", "[render]") {
  const auto out = written(
      {JobStarted{"a", "first", {}},
       JobStarted{"b", "second", {}},
       StepSummary{"a", 1, "# One"},
       StepSummary{"b", 1, "# Two\n"},
       StepSummary{"a", 2, "and \x1b[31mmore\n"},
       RunFinished{RunConclusion::success, 0, {}, {}}});
  CHECK(
      out.find("Summary of first\n  # One\n  and more\n\nSummary of second\n  # Two\n") !=
      std::string::npos);
}

TEST_CASE("event JSON: one line, with event and time, also of text that is no UTF-8", "[render]") {
  const Event event{
      std::chrono::system_clock::time_point(), LogLine{"a", 2, LogLine::Kind::text, "x\xff\ny"}};
  CHECK(
      event_json(event) ==
      "{\"time\":\"1970-01-01T00:00:00.000Z\",\"event\":\"log\",\"job\":\"a\",\"step\":2,"
      "\"kind\":\"text\",\"line\":\"x\xef\xbf\xbd\\ny\"}");
}

}  // namespace crun::runner
