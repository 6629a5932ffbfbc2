#include "executor/log/step_log.hpp"

#include <filesystem>
#include <fstream>
#include <random>

#include <sys/stat.h>
#include <unistd.h>

#include "executor/log/problem_matcher.hpp"
#include "tests/catch.hpp"

using namespace crun::executor;

namespace {

const char* kind_name(LogLine::Kind kind) {
  constexpr const char* names[] = {
      "text", "command", "group", "endgroup", "debug", "notice", "warning", "error"};
  return names[static_cast<int>(kind)];
}

/// The events of a log as short lines: "text: hello", "note warning: message {file=a.txt}".
struct Recorder {
  explicit Recorder(StepLogOptions options = {})
      : log(
            masker, matchers, [this](const Event::Body& body) { take(body); }, std::move(options)) {
  }

  void take(const Event::Body& body) {
    if (const auto* line = std::get_if<LogLine>(&body)) {
      events.push_back(std::string(kind_name(line->kind)) + ": " + line->line);
    } else if (const auto* note = std::get_if<Annotation>(&body)) {
      std::string text = std::string("note ") + kind_name(note->level) + ": " + note->message;
      for (const auto& [name, value] : note->properties) text += " " + name + "=" + value;
      events.push_back(text);
    }
  }
  std::vector<std::string> print(std::string_view text) {
    events.clear();
    log.write(Stream::out, text);
    log.finish();
    return events;
  }

  Masker masker;
  MatcherSet matchers;
  std::vector<std::string> events;
  StepLog log;
};

StepLogOptions debugging() {
  StepLogOptions options;
  options.debug = true;
  return options;
}

StepLogOptions in_workspace(std::string workspace) {
  StepLogOptions options;
  options.workspace = std::move(workspace);
  return options;
}

using Events = std::vector<std::string>;

}  // namespace

TEST_CASE("step log: a secret split over two writes is hidden", "[log]") {
  Recorder step;
  step.masker.add("wX9+tuna/melt=77&co");
  step.log.write(Stream::out, "split=wX9+tuna/");
  step.log.write(Stream::err, "other\n");
  step.log.write(Stream::out, "melt=77&co\n");
  CHECK(step.events == Events{"text: other", "text: split=***"});
}

TEST_CASE("step log: a secret in a line without end is hidden at every place", "[log]") {
  for (int offset : {65500, 65530, 65536, 131040, 131072}) {
    Recorder step;
    step.masker.add("0123456789abcdef-0123456789");
    std::string text(static_cast<std::size_t>(offset), '.');
    step.print(text + "0123456789abcdef-0123456789" + std::string(70'000, '.') + "\n");
    std::string joined;
    for (const std::string& event : step.events) joined += event;
    CHECK(joined.find("01234") == std::string::npos);
    CHECK(joined.find("56789") == std::string::npos);
    CHECK(joined.find("***") != std::string::npos);
  }
}

TEST_CASE("step log: how the bytes come does not change what is said", "[log]") {
  std::mt19937 random(11);
  auto pick = [&](std::size_t below) { return random() % below; };
  const std::vector<std::string> pieces{
      "hunter-22",
      "hunter-",
      "22",
      "\n",
      "\r\n",
      "\r",
      "::group::x",
      "::add-mask::ab-",
      "cd",
      "::error::",
      "aHVudGVyLTIy",
      "\xC3\xA9",
      " ",
      "::stop-commands::tok-77",
      "::tok-77::"};
  for (int round = 0; round < 200; ++round) {
    std::string text;
    for (int i = 0; i < 40; ++i) text += pieces[pick(pieces.size())];
    Recorder whole, cut;
    whole.masker.add("hunter-22");
    cut.masker.add("hunter-22");
    whole.print(text);
    for (std::size_t at = 0; at < text.size();) {
      std::size_t size = 1 + pick(9);
      cut.log.write(Stream::out, std::string_view(text).substr(at, size));
      at += size;
    }
    cut.log.finish();
    CAPTURE(text);
    REQUIRE(cut.events == whole.events);
    for (const std::string& event : whole.events) {
      REQUIRE(event.find("hunter-22") == std::string::npos);
      REQUIRE(event.find("aHVudGVyLTIy") == std::string::npos);
    }
  }
}

TEST_CASE("step log: annotations are a log line and an event, never the command", "[log]") {
  Recorder step(in_workspace("/ws"));
  CHECK(
      step.print("::warning file=/ws/src/a.c,line=3,title=T::be careful%0Aall of you\n") ==
      Events{
          "warning: be careful\nall of you",
          "note warning: be careful\nall of you file=src/a.c line=3 title=T"});
  CHECK(step.print("  ::NOTICE Line=5::hi") == Events{"notice: hi", "note notice: hi line=5"});
  CHECK(step.print("x ##[error]bad") == Events{"error: bad", "note error: bad"});
  CHECK(step.print("x ::error::no") == Events{"text: x ::error::no"});
  CHECK(step.print("::unknown::no") == Events{"text: ::unknown::no"});
}

TEST_CASE("step log: ten annotations of each level, all in the log", "[log]") {
  Recorder step;
  std::string text;
  for (int i = 0; i < 12; ++i) text += "::error::e\n::warning::w\n";
  auto events = step.print(text);
  CHECK(std::count(events.begin(), events.end(), "error: e") == 12);
  CHECK(std::count(events.begin(), events.end(), "note error: e") == 10);
  CHECK(std::count(events.begin(), events.end(), "note warning: w") == 10);
}

TEST_CASE("step log: messages, titles and groups are masked", "[log]") {
  Recorder step;
  step.masker.add("hunter-22");
  CHECK(
      step.print("::warning title=hunter-22::is hunter-22\n::group::hunter-22\n::endgroup::\n") ==
      Events{"warning: is ***", "note warning: is *** title=***", "group: ***", "endgroup: "});
  step.log.say(LogLine::Kind::command, "run hunter-22");
  CHECK(step.events.back() == "command: run ***");
}

TEST_CASE("step log: add-mask hides from then on and is not shown itself", "[log]") {
  Recorder step(debugging());
  CHECK(
      step.print("::add-mask::late-5520%0Amore-77\nlate-5520 more-77\n") ==
      Events{"text: *** ***"});
  CHECK(step.print("::add-mask::  ").size() == 2);  // a warning and its annotation
}

TEST_CASE("step log: between stop-commands and its token lines are only lines", "[log]") {
  Recorder step;
  auto events = step.print(
      "::stop-commands::pause-77\n::error::plain\n::add-mask::x\n::other::\n::PAUSE-77::\n"
      "::error::real\n");
  CHECK(
      events == Events{
                    "text: ::stop-commands::***",
                    "text: ::error::plain",
                    "text: ::add-mask::x",
                    "text: ::other::",
                    "text: ::PAUSE-77::",
                    "error: real",
                    "note error: real"});
  CHECK_FALSE(step.log.take_effects().failed);
  for (std::string token : {"", "error", "Add-Mask", "pause-logging"}) {
    Recorder other;
    other.print("::stop-commands::" + token);
    CHECK(other.log.take_effects().failed);
    CHECK(other.print("::error::still") == Events{"error: still", "note error: still"});
  }
}

TEST_CASE("step log: old commands give their effects unmasked and warn once", "[log]") {
  Recorder step;
  step.masker.add("sesame-1");
  auto events = step.print("::set-output name=a::sesame-1%0Ax\n::set-output name=b::2\n");
  CHECK(events.size() == 2);
  CHECK_THAT(events[0], Catch::Matchers::ContainsSubstring("`set-output` command is deprecated"));
  step.print("##[save-state name=s]v");
  auto effects = step.log.take_effects();
  CHECK(effects.outputs == NamedValues{{"a", "sesame-1\nx"}, {"b", "2"}});
  CHECK(effects.state == NamedValues{{"s", "v"}});
  CHECK_FALSE(effects.failed);
  CHECK(step.log.take_effects().outputs.empty());
  step.print("::set-output::x");
  CHECK(step.log.take_effects().failed);
}

TEST_CASE("step log: set-env and add-path only where they are allowed", "[log]") {
  StepLogOptions options;
  options.allow_unsecure_commands = true;
  Recorder strict, lenient(options);
  for (std::string line : {"::set-env name=A::1", "::add-path::/x"}) {
    CHECK(strict.print(line).size() == 4);
    auto effects = strict.log.take_effects();
    CHECK(effects.failed);
    CHECK(effects.environment.empty());
    CHECK(effects.paths.empty());
    lenient.print(line);
  }
  lenient.print("::set-env name=node_options::x");
  auto effects = lenient.log.take_effects();
  CHECK(effects.environment == NamedValues{{"A", "1"}});
  CHECK(effects.paths == std::vector<std::string>{"/x"});
  CHECK_FALSE(effects.failed);
}

TEST_CASE("step log: debug lines and commands are shown to those who debug", "[log]") {
  Recorder quiet, loud(debugging());
  CHECK(quiet.print("::debug::x").empty());
  CHECK(loud.print("::debug::x%0Ay") == Events{"debug: x", "debug: y"});
  CHECK(
      quiet.print("::echo::on\n::save-state name=a::b\n::echo::off\n").front() ==
      "text: ::save-state name=a::b");
}

TEST_CASE("step log: the program that an action runs is told apart", "[log]") {
  Recorder step;
  CHECK(step.print("[command]/usr/bin/git version") == Events{"command: /usr/bin/git version"});
}

TEST_CASE("step log: a command may be indented, an old one stand anywhere in a line", "[log]") {
  Recorder step;
  CHECK(step.print(" \t::notice::new") == Events{"notice: new", "note notice: new"});
  CHECK(step.print("so ##[notice]old") == Events{"notice: old", "note notice: old"});
  CHECK(step.print("so ::notice::none") == Events{"text: so ::notice::none"});
  CHECK(step.print("::no command::") == Events{"text: ::no command::"});
}

TEST_CASE("step log: broken UTF-8 is repaired, carriage returns make lines", "[log]") {
  Recorder step;
  CHECK(step.print("10%\r20%\r\n\xFFz") == Events{"text: 10%", "text: 20%", "text: \xEF\xBF\xBDz"});
}

TEST_CASE("step log: observers see plain lines after masking", "[log]") {
  Recorder step;
  step.masker.add("hunter-22");
  std::vector<std::string> seen;
  const StepLog::Watch watch(step.log, [&](std::string_view line) { seen.emplace_back(line); });
  step.print("pushed hunter-22\n::notice::x\n");
  CHECK(seen == std::vector<std::string>{"pushed ***"});
}

TEST_CASE("step log: problem matchers come from files of the workspace", "[log]") {
  auto folder =
      std::filesystem::temp_directory_path() / ("crun-matcher-" + std::to_string(::getpid()));
  std::filesystem::create_directories(folder / "src");
  std::ofstream(folder / "src/a.c") << "x";
  std::ofstream(folder / "gcc.json") << R"({"problemMatcher": [{"owner": "gcc", "pattern": [
      {"regexp": "^(.*):(\\d+):(\\d+): (error|warning): (.*)$",
       "file": 1, "line": 2, "column": 3, "severity": 4, "message": 5}]}]})";
  {
    Recorder step(in_workspace(folder.string()));
    step.masker.add("hunter-22");
    CHECK(step.print("::add-matcher::gcc.json").empty());
    CHECK(
        step.print("\x1b[1msrc/a.c:3:7:\x1b[0m warning: unused hunter-22\n") ==
        Events{
            "warning: src/a.c:3:7: warning: unused ***",
            "note warning: unused *** col=7 file=src/a.c line=3"});
    CHECK(
        step.print("/etc/passwd:3:7: error: x\n") ==
        Events{"error: /etc/passwd:3:7: error: x", "note error: x col=7 line=3"});
    CHECK(
        step.print("::remove-matcher owner=GCC::\nsrc/a.c:3:7: error: x\n") ==
        Events{"text: src/a.c:3:7: error: x"});
    step.print("::add-matcher::none.json");
    CHECK(step.log.take_effects().failed);
    REQUIRE(::mkfifo((folder / "pipe.json").c_str(), 0600) == 0);
    step.print("::add-matcher::pipe.json");  // is not waited for
    CHECK(step.log.take_effects().failed);
  }
  std::filesystem::remove_all(folder);
}

TEST_CASE("problem matcher: a pattern that takes for ever removes its matcher", "[log]") {
  MatcherSet set;
  set.add(parse_matchers(
      R"({"problemMatcher":[{"owner":"slow","pattern":[{"regexp":"^(a+)+(b+)+(c+)+\\1$","message":1}]}]})"));
  std::string told;
  for (int i = 0; i < 3; ++i) {
    set.match(
        std::string(40, 'a') + std::string(40, 'b') + std::string(40, 'c') + "!",
        "",
        [&](std::string why) { told += why; });
  }
  CHECK(set.empty());
  CHECK_THAT(told, Catch::Matchers::ContainsSubstring("'slow'"));
}

TEST_CASE("step log: who watched a step no longer hears the next one in the same log", "[log]") {
  Recorder step;
  std::string first, second;
  {
    const StepLog::Watch watch(step.log, [&first](std::string_view line) { first += line; });
    step.print("one\n");
  }
  const StepLog::Watch watch(step.log, [&second](std::string_view line) { second += line; });
  step.print("two\n");
  CHECK(first == "one");
  CHECK(second == "two");
}
