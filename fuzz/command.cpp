// Workflow commands: a line is read, a command that is written as the toolkit writes it is read
// back, and a step that prints anything leaves a log without a secret.
#include <string>

#include "fuzz/oracle.hpp"

#include "executor/log/problem_matcher.hpp"
#include "executor/log/step_log.hpp"
#include "executor/log/workflow_command.hpp"

using namespace crun::executor;
using crun::fuzz::require;

namespace {

std::string escaped(std::string_view text, bool property) {
  std::string out;
  for (const char c : text) {
    if (c == '%') {
      out += "%25";
    } else if (c == '\r') {
      out += "%0D";
    } else if (c == '\n') {
      out += "%0A";
    } else if (property && c == ':') {
      out += "%3A";
    } else if (property && c == ',') {
      out += "%2C";
    } else {
      out += c;
    }
  }
  return out;
}

void round_trip(const std::string& value, const std::string& data) {
  const auto line = "::set-output name=" + escaped(value, true) + "::" + escaped(data, false);
  const auto command =
      parse_command(line, [](std::string_view name) { return name == "set-output"; });
  require(command.has_value(), "a command is a command", line);
  // A value that is empty or begins with blanks or `=` is read as the runner does: trimmed, or
  // none.
  require(command->data == data, "the data comes back", line);
  if (!value.empty() && value[0] != '=' && value.find_first_of(" \t\v\f") == std::string::npos) {
    require(command->property("name") == value, "the property comes back", line);
  }
}

void print(std::string_view text) {
  Masker masker;
  masker.add("s3cret-value");
  MatcherSet matchers;
  std::size_t shown = 0;
  StepLogOptions options;
  options.debug = true;
  StepLog log(
      masker,
      matchers,
      [&](const Event::Body& body) {
        const auto* line = std::get_if<LogLine>(&body);
        if (line) require(line->line.find("s3cret-value") == std::string::npos, "it is masked");
        ++shown;
      },
      options);
  log.write(Stream::out, text);
  log.finish();
  log.take_effects();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = crun::fuzz::text_of(data, size);
  const auto any = [](std::string_view) { return true; };
  parse_command_v1(text, any);
  parse_command_v2(text, any);
  const auto parts = crun::fuzz::parts_of(text, 2);
  round_trip(parts[0], parts.size() > 1 ? parts[1] : parts[0]);
  // No files: a matcher or a path is looked for on the disk.
  if (text.find("add-matcher") == std::string_view::npos) print(text);
  return 0;
}
