#include "runner/server/run_page.hpp"

#include <fmt/format.h>

#include "runner/server/pages.hpp"
#include "tests/catch.hpp"
#include "tests/runner/server/fake_service.hpp"

using namespace crun::runner;
using Catch::Matchers::ContainsSubstring;
using crun::runner::test::FakeService;

namespace {

std::string event(const std::string& members) {
  return R"({"time":"2026-11-21T13:20:27.482Z","event":)" + members + "}\n";
}

std::string line(
    const std::string& job, int step, const std::string& kind, const std::string& text) {
  return event(
      fmt::format(R"("log","job":"{}","step":{},"kind":"{}","line":"{}")", job, step, kind, text));
}

const std::string two_jobs =
    event(R"("run.started","run":"7","workflow":"slow.yml","name":"Slow","trigger":{})") +
    event(R"("notice","text":"push, which fires here")") +
    event(R"("job.started","job":"a.1","name":"a x")") +
    event(R"("step.started","job":"a.1","step":1,"name":"Build")") +
    line("a.1", 1, "group", "Run make") + line("a.1", 1, "command", "make") +
    line("a.1", 1, "endgroup", "") + line("a.1", 1, "text", "made") +
    event(
        R"("step.finished","job":"a.1","step":1,"name":"Build","conclusion":"success","duration_ms":12345)") +
    event(R"("step.started","job":"a.1","step":2,"name":"Test")") +
    line("a.1", 2, "error", "it broke") +
    event(
        R"("annotation","job":"a.1","step":2,"level":"error","message":"it broke","properties":{"file":"m.go","line":"3","col":"7"})") +
    event(
        R"("step.finished","job":"a.1","step":2,"name":"Test","conclusion":"failure","duration_ms":10)") +
    event(
        R"("image.pushed","job":"a.1","step":1,"ref":"r/x:1","digest":"sha256:aa","verified":true,"state":"pushed")") +
    event(R"("job.finished","job":"a.1","name":"a x","conclusion":"failure","duration_ms":12400)") +
    event(
        R"("job.finished","job":"b","name":"b","conclusion":"skipped","duration_ms":0,"reason":"needs a")") +
    event(
        R"("run.finished","conclusion":"failure","exit_code":1,"images":[],"note":"PUSHED 1 image")");

}  // namespace

TEST_CASE("run page: the journal becomes jobs, steps, lines, annotations and images", "[server]") {
  FakeService service;
  service.write("7", two_jobs);
  const auto page = read_run_page(service.journal("7"));
  CHECK(page.name == "Slow");
  CHECK(page.conclusion == "failure");
  CHECK(page.note == "PUSHED 1 image");
  CHECK(page.last_id == two_jobs.size());
  REQUIRE(page.jobs.size() == 2);
  REQUIRE(page.jobs[0].steps.size() == 2);
  CHECK(page.jobs[0].name == "a x");
  CHECK(page.jobs[0].steps[0].lines.size() == 4);
  CHECK(page.jobs[0].steps[0].duration_ms == 12345);
  CHECK(page.jobs[0].steps[1].conclusion == "failure");
  CHECK(page.jobs[1].conclusion == "skipped");
  CHECK(page.jobs[1].reason == "needs a");
  REQUIRE(page.annotations.size() == 1);
  CHECK(page.annotations[0].place == "m.go:3:7");
  REQUIRE(page.images.size() == 1);
  CHECK(page.images[0].verified);
}

TEST_CASE("run page: what is no event, and a cut last line, are passed over", "[server]") {
  FakeService service;
  const std::string whole = "not json\n[1]\n{}\n{\"event\":5}\n" + line("a", 1, "text", "here");
  service.write("7", whole + "{\"event\":\"log\"");
  const auto page = read_run_page(service.journal("7"));
  CHECK(page.lines == 1);
  CHECK(page.last_id == whole.size());
  CHECK(read_run_page(service.journal("none")).jobs.empty());
}

TEST_CASE(
    "run page: of a long log the last lines are kept, each step says what is missing", "[server]") {
  FakeService service;
  std::string text;
  for (int i = 0; i < 30; ++i) text += line("a", i < 20 ? 1 : 2, "text", std::to_string(i));
  service.write("7", text);
  const auto page = read_run_page(service.journal("7"), 15);
  CHECK(page.lines == 30);
  CHECK(page.lines_left_out == 15);
  const auto& steps = page.jobs.at(0).steps;
  CHECK(steps.at(0).lines_left_out == 15);
  CHECK(steps.at(0).lines.front().text == "15");
  CHECK(steps.at(1).lines.size() == 10);
  RunRecord run = service.add("7", RunState::ended);
  CHECK_THAT(
      run_page(run, page), ContainsSubstring("last 15 lines") && ContainsSubstring("crun logs 7"));
}

TEST_CASE(
    "run page: shows states as words, failed steps open, long ones that went well closed",
    "[server]") {
  FakeService service;
  service.write("7", two_jobs);
  auto page = read_run_page(service.journal("7"));
  RunRecord run = service.add("7", RunState::ended);
  run.conclusion = "failure";
  page.lines = 1000;  // as if it were long
  const auto html = run_page(run, page);
  CHECK_THAT(
      html, ContainsSubstring("data-step=\"1\">") && ContainsSubstring("data-step=\"2\" open>"));
  CHECK_THAT(html, ContainsSubstring("data-state=\"failure\">failure<"));
  CHECK_THAT(html, ContainsSubstring("sha256:aa") && ContainsSubstring(">verified<"));
  CHECK_THAT(html, ContainsSubstring("12 s") && ContainsSubstring("PUSHED 1 image"));
  CHECK(html.find("<script src=\"/assets/run.js\"") == std::string::npos);
  run.state = RunState::running;
  CHECK_THAT(run_page(run, page), ContainsSubstring("<script src=\"/assets/run.js\""));
}

TEST_CASE("run page: what a killed run was doing has ended with it", "[server]") {
  FakeService service;
  service.write(
      "7",
      event(R"("job.started","job":"a","name":"a")") +
          event(R"("step.started","job":"a","step":1,"name":"Wait")"));
  RunRecord run = service.add("7", RunState::running);
  const auto page = read_run_page(service.journal("7"));
  CHECK_THAT(
      run_page(run, page),
      ContainsSubstring("data-state=\"running\">running</span> <span class=\"name\">Wait"));
  run.state = RunState::ended;
  run.conclusion = "failure";
  run.reason = "its process was killed";
  const auto html = run_page(run, page);
  CHECK(html.find(">running<") == std::string::npos);
  CHECK_THAT(html, ContainsSubstring("its process was killed"));
}

TEST_CASE("run page: groups end where the next begins or with their step", "[server]") {
  FakeService service;
  service.write(
      "7",
      line("a", 1, "endgroup", "") + line("a", 1, "group", "one") + line("a", 1, "group", "two") +
          line("a", 1, "text", "in two"));
  const RunRecord run = service.add("7", RunState::ended);
  const auto html = run_page(run, read_run_page(service.journal("7")));
  CHECK_THAT(
      html,
      ContainsSubstring(
          "<summary>one</summary></details><details class=\"group\"><summary>two</summary>"
          "<div class=\"line text\">in two</div></details></div>"));
}

TEST_CASE("run page: nothing that a run says becomes markup", "[server]") {
  FakeService service;
  const std::string evil = "<script>x</script><img src=x onerror=x>' onload=x";
  service.write(
      "7",
      event(R"("run.started","name":")" + evil + "\"") +
          event(R"("job.started","job":")" + evil + R"(","name":")" + evil + "\"") +
          event(R"("step.started","step":1,"job":")" + evil + R"(","name":")" + evil + "\"") +
          line(evil, 1, "text", evil) + line(evil, 1, evil, evil) +
          event(
              R"("annotation","step":1,"job":")" + evil + R"(","level":")" + evil +
              R"(","message":")" + evil + R"(","properties":{"file":")" + evil + "\"}") +
          event(R"("step.summary","step":1,"job":")" + evil + R"(","markdown":")" + evil + "\"") +
          event(
              R"("image.pushed","step":1,"job":")" + evil + R"(","ref":")" + evil +
              R"(","state":")" + evil + "\"") +
          event(R"("run.finished","note":")" + evil + "\""));
  RunRecord run = service.add("7", RunState::running);
  run.ref = run.repository = run.workflow = run.event = run.sha = run.reason = evil;
  for (const auto& html :
       {run_page(run, read_run_page(service.journal("7"))),
        list_page({run}, {{evil, evil, evil, 0, {evil}}}),
        error_page(404, evil)}) {
    CHECK_THAT(html, ContainsSubstring("&lt;script&gt;"));
    CHECK(html.find("<script>") == std::string::npos);
    CHECK(html.find("<img src=x") == std::string::npos);
    CHECK(html.find("' onload") == std::string::npos);
  }
}

TEST_CASE(
    "list page: shows why a repository or an event started nothing, and no password", "[server]") {
  RepositoryStatus repository;
  repository.name = "demo";
  repository.url = "https://user:pass@word@git.example/demo.git";
  repository.last_error = "connection refused";
  repository.recent_events = {"push of refs/heads/x: no workflow wants it"};
  const auto html = list_page({}, {repository});
  CHECK_THAT(
      html, ContainsSubstring("connection refused") && ContainsSubstring("no workflow wants it"));
  CHECK_THAT(html, ContainsSubstring("https://git.example/demo.git"));
  CHECK(html.find("word@") == std::string::npos);
  CHECK_THAT(html, ContainsSubstring("No run yet"));
}
