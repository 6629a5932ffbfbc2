// commands: problem matchers, alone and within the log of a step.
#include <optional>
#include <string>
#include <vector>

#include "executor/log/problem_matcher.hpp"
#include "executor/log/step_log.hpp"
#include "tests/conformance/category.hpp"
#include "tests/conformance/pack.hpp"

namespace crun::conformance {

namespace {

using namespace crun::executor;
namespace fs = std::filesystem;

std::vector<ProblemMatcher> matchers_of(const Json& list) {
  return parse_matchers(Json{{"problemMatcher", list}}.dump());
}

void run_config(const fs::path& file, Report& report) {
  each_line(file, report, [&](const Json& test) {
    bool valid = true;
    std::string why = "valid";
    try {
      parse_matchers(test.at("config").dump());
    } catch (const MatcherError& error) {
      valid = false;
      why = error.what();
    }
    const bool wanted = test.at("valid");
    valid == wanted ? report.pass()
                    : report.fail(test.at("id"), wanted ? "valid" : "not valid", why);
  });
}

/// The fields that say something.
Json to_json(const std::optional<MatcherFields>& fields) {
  if (!fields) return nullptr;
  Json object = Json::object();
  const auto add = [&](const char* name, const std::optional<std::string>& text) {
    if (text && !text->empty()) object[name] = *text;
  };
  add("code", fields->code);
  add("column", fields->column);
  add("file", fields->file);
  add("fromPath", fields->from_path);
  add("line", fields->line);
  add("message", fields->message);
  add("severity", fields->severity);
  return object;
}

/// What the case says of fields that are there.
Json without_silence(const Json& match) {
  if (!match.is_object()) return match;
  Json result = Json::object();
  for (const auto& [name, value] : match.items()) {
    if (!value.is_null() && value != "") result[name] = value;
  }
  return result;
}

void run_match(const fs::path& file, Report& report) {
  each_line(file, report, [&](const Json& test) {
    auto matchers = matchers_of(Json::array({test.at("matcher")}));
    nlohmann::json wanted = nlohmann::json::array(), got = nlohmann::json::array();
    for (const auto& step : test.at("steps")) {
      const auto match = matchers.at(0).match(step.at("line").get<std::string>());
      if (step.at("match") == "unspecified") continue;
      wanted.push_back(nlohmann::json(without_silence(step.at("match"))));
      got.push_back(nlohmann::json(to_json(match)));
    }
    report.check(test.at("id"), wanted.dump(), got.dump());
  });
}

/// A log whose output is sorted into the three bins of the cases.
struct Output {
  explicit Output(const Json& test)
      : log(
            masker, matcher_set, [this](const Event::Body& body) { take(body); }, options()) {
    matcher_set.add(matchers_of(test.value("matchers", Json::array())));
  }

  static StepLogOptions options() {
    StepLogOptions result;
    result.debug = true;
    return result;
  }

  void take(const Event::Body& body) {
    if (const auto* note = std::get_if<Annotation>(&body)) notes.push_back(*note);
    const auto* line = std::get_if<LogLine>(&body);
    if (line && line->kind == LogLine::Kind::text) messages.push_back(line->line);
    if (line && line->kind == LogLine::Kind::group) messages.push_back("##[group]" + line->line);
    if (line && line->kind == LogLine::Kind::debug) commands.push_back(line->line);
  }

  void run(const Json& op) {
    if (op.at("op") == "line") {
      // The one command of these cases is called some-command; ::debug:: stands in for it.
      auto text = op.at("text").get<std::string>();
      const std::string some = "##[some-command]", debug = "##[debug]";
      if (const auto at = text.find(some); at != std::string::npos) {
        const auto before = commands.size();
        log.write(Stream::out, std::string(text).replace(at, some.size(), debug) + "\n");
        if (commands.size() == before + 1) commands.back() = text;
      } else {
        log.write(Stream::out, text + "\n");
      }
    } else if (op.at("op") == "add-matcher") {
      matcher_set.add(matchers_of(Json::array({op.at("matcher")})));
    } else if (op.at("op") == "remove-matcher") {
      matcher_set.remove(op.at("owner").get<std::string>());
    }
  }

  Masker masker;
  MatcherSet matcher_set;
  std::vector<Annotation> notes;
  std::vector<std::string> messages, commands;
  StepLog log;
};

const char* level_name(LogLine::Kind level) {
  return level == LogLine::Kind::error     ? "error"
         : level == LogLine::Kind::warning ? "warning"
                                           : "notice";
}

std::string difference(const Output& output, const Json& expected) {
  const auto& issues = expected.at("issues");
  if (issues.size() != output.notes.size()) {
    return std::to_string(output.notes.size()) + " issues";
  }
  for (std::size_t i = 0; i < issues.size(); ++i) {
    const auto& note = output.notes[i];
    for (const auto& [name, value] : issues[i].items()) {
      const auto found = note.properties.find(name);
      Json got = found == note.properties.end() ? Json() : Json(found->second);
      if (name == "message") got = note.message;
      if (name == "severity" || name == "type") got = level_name(note.level);
      if (got != value) return name + " of issue " + std::to_string(i) + " is " + got.dump();
    }
  }
  const auto& messages = expected.at("messages");
  if (messages.size() != output.messages.size()) return Json(output.messages).dump();
  for (std::size_t i = 0; i < messages.size(); ++i) {
    const auto& got = output.messages[i];
    if (messages[i].is_string() && got != messages[i]) return got;
    if (!messages[i].is_object()) continue;
    for (const auto& part : messages[i].value("contains", Json::array())) {
      if (got.find(part.get<std::string>()) == std::string::npos) return got;
    }
    for (const auto& part : messages[i].value("not_contains", Json::array())) {
      if (got.find(part.get<std::string>()) != std::string::npos) return got;
    }
  }
  const Json commands = output.commands;
  return commands == expected.at("commands") ? "" : commands.dump();
}

void run_output(const fs::path& file, Report& report) {
  each_line(file, report, [&](const Json& test) {
    Output output(test);
    for (const auto& op : test.at("ops")) output.run(op);
    report.check(test.at("id"), "", difference(output, test.at("expected")));
  });
}

const Registration config{{"commands/problem_matcher_config.jsonl", run_config}};
const Registration match{{"commands/problem_matcher_match.jsonl", run_match}};
const Registration output{{"commands/output_manager.jsonl", run_output}};

}  // namespace

}  // namespace crun::conformance
