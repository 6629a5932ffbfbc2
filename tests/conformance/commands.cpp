// commands: what a step may print. Parsing, sequences of commands, annotations and their limits.
#include <memory>
#include <string>
#include <vector>

#include "executor/log/annotation.hpp"
#include "executor/log/problem_matcher.hpp"
#include "executor/log/step_log.hpp"
#include "executor/log/workflow_command.hpp"
#include "tests/conformance/category.hpp"
#include "tests/conformance/pack.hpp"

namespace crun::conformance {

namespace {

using namespace crun::executor;
namespace fs = std::filesystem;

/// A log of one step, with what came out of it.
struct Step {
  explicit Step(StepLogOptions options)
      : log(
            masker, matchers, [this](const Event::Body& body) { take(body); }, std::move(options)) {
  }

  void take(const Event::Body& body) {
    if (const auto* line = std::get_if<LogLine>(&body)) lines.push_back(*line);
    if (const auto* note = std::get_if<Annotation>(&body)) notes.push_back(*note);
  }
  /// Was the line taken as a command, so that it is not in the log as it is?
  bool processes(const std::string& line) {
    lines.clear();
    log.write(Stream::out, line + "\n");
    for (const auto& said : lines) {
      bool plain = said.kind == LogLine::Kind::text && said.line == line;
      if (plain && line.find("stop-commands") == std::string::npos) return false;
    }
    return true;
  }

  Masker masker;
  MatcherSet matchers;
  std::vector<LogLine> lines;
  std::vector<Annotation> notes;
  StepLog log;
};

Json to_json(const std::optional<WorkflowCommand>& command) {
  if (!command) return nullptr;
  Json properties = Json::object();
  for (const auto& [name, value] : command->properties) properties[name] = value;
  return {{"command", command->name}, {"data", command->data}, {"properties", properties}};
}

void run_parse(const fs::path& file, Report& report) {
  each_line(file, report, [&](const Json& test) {
    const auto registered = test.at("registered").get<std::vector<std::string>>();
    const auto is_command = [&](std::string_view name) {
      for (const auto& one : registered) {
        if (equal_ignoring_case(one, name)) return true;
      }
      return false;
    };
    const auto line = test.at("line").get<std::string>();
    const auto command = test.at("syntax") == "v1" ? parse_command_v1(line, is_command)
                                                   : parse_command_v2(line, is_command);
    // Properties in any order.
    report.check(
        test.at("id"),
        nlohmann::json(test.at("parsed")).dump(),
        nlohmann::json(to_json(command)).dump());
  });
}

bool is_on(const Json& environment, const char* name) {
  const auto value = environment.value(name, "");
  return value == "1" || equal_ignoring_case(value, "true");
}

int deprecations(const Step& step) {
  int count = 0;
  for (const auto& note : step.notes) {
    count += note.message.find("is deprecated") != std::string::npos;
  }
  return count;
}

/// "" when the step behaves as told, else what is different.
std::string difference(Step& step, const Json& told) {
  if (told.contains("mask_check")) {
    const auto masked = step.masker.mask(told.at("mask_check").get<std::string>());
    if (masked != told.at("masked")) return "masked as " + masked;
  }
  bool failed = false;
  if (told.contains("line")) {
    const auto line = told.at("line").get<std::string>();
    const bool processed = step.processes(line);
    failed = step.log.take_effects().failed;
    if (told.contains("processed") && processed != told.at("processed").get<bool>()) {
      return line + (processed ? " is" : " is not") + " taken as a command";
    }
    if (told.value("error", false) && !failed) return line + " does not fail";
  }
  if (told.contains("echo_on") && step.log.echo() != told.at("echo_on").get<bool>()) {
    return "echo is wrong";
  }
  if (told.contains("step_result") && failed != (told.at("step_result") == "failed")) {
    return "the result of the step is wrong";
  }
  if (told.contains("deprecation_notices") &&
      deprecations(step) != told.at("deprecation_notices").get<int>()) {
    return std::to_string(deprecations(step)) + " deprecations told";
  }
  return "";
}

void run_sequences(const fs::path& file, Report& report) {
  each_line(file, report, [&](const Json& test) {
    const auto environment = test.value("env", Json::object());
    StepLogOptions options;
    options.allow_unsecure_commands = is_on(environment, "ACTIONS_ALLOW_UNSECURE_COMMANDS");
    options.allow_unsecure_stop_tokens =
        is_on(environment, "ACTIONS_ALLOW_UNSECURE_STOPCOMMAND_TOKENS");
    auto step = std::make_unique<Step>(options);
    std::string wrong;
    for (const auto& told : test.at("steps")) {
      if (const auto op = told.value("op", ""); !op.empty()) {
        options.internal_commands = op == "enable-internal-commands";
        step = std::make_unique<Step>(options);
      }
      wrong = difference(*step, told);
      if (!wrong.empty()) break;
    }
    report.check(test.at("id"), "", wrong);
  });
}

void run_properties(const fs::path& file, Report& report) {
  each_line(file, report, [&](const Json& test) {
    const std::string id = test.at("id");
    Step step({});
    step.log.write(Stream::out, test.at("line").get<std::string>() + "\n");
    if (step.notes.size() != 1) {
      report.fail(id, "one annotation", std::to_string(step.notes.size()));
      return;
    }
    const auto& wanted = test.at("expected_properties");
    Json got = Json::object();
    for (const auto& [name, value] : wanted.items()) {
      const auto found = step.notes[0].properties.find(name);
      got[name] = found == step.notes[0].properties.end() ? Json() : Json(found->second);
    }
    report.check(id, wanted.dump(), got.dump());
  });
}

void run_limits(const fs::path& file, Report& report) {
  each_line(file, report, [&](const Json& test) {
    StepLogOptions options;
    options.debug = true;
    Step step(options);
    if (test.contains("message_length")) {
      const std::string message(test.at("message_length").get<std::size_t>(), 'x');
      step.log.write(Stream::out, "::error::" + message + "\n");
      report.check(
          test.at("id"),
          test.at("max_kept_length").dump(),
          std::to_string(step.notes.at(0).message.size()));
    } else if (test.contains("debug_calls")) {
      for (const auto& call : test.at("debug_calls")) {
        if (call.is_null()) continue;  // there is no such text here
        std::string data;
        for (const char c : call.get<std::string>()) {
          data += c == '\n' ? "%0A" : c == '\r' ? "%0D" : std::string(1, c);
        }
        step.log.write(Stream::out, "::debug::" + data + "\n");
      }
      report.check(
          test.at("id"), test.at("console_lines").dump(), std::to_string(step.lines.size()));
    } else {
      report.fail(test.at("id"), "a case of a known kind", test.dump());
    }
  });
}

const Registration parse{{"commands/workflow_command_parse.jsonl", run_parse}};
const Registration sequences{{"commands/workflow_command_sequences.jsonl", run_sequences}};
const Registration properties{{"commands/annotation_properties.jsonl", run_properties}};
const Registration limits{{"commands/annotation_limits.jsonl", run_limits}};

}  // namespace

}  // namespace crun::conformance
