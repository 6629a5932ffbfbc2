#include "executor/builtin/action_runtime.hpp"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include <sys/stat.h>

#include <fmt/format.h>

#include "executor/builtin/javascript_text.hpp"
#include "executor/error.hpp"
#include "executor/files/write.hpp"
#include "executor/random_id.hpp"

namespace crun::executor::builtin {
namespace {

std::string replaced(std::string text, std::string_view what, std::string_view with) {
  for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += with.size()) {
    text.replace(at, what.size(), with);
  }
  return text;
}

std::string escape_data(std::string_view text) {
  return replaced(replaced(replaced(std::string(text), "%", "%25"), "\r", "%0D"), "\n", "%0A");
}

std::string escape_property(std::string_view text) {
  return replaced(replaced(escape_data(text), ":", "%3A"), ",", "%2C");
}

/// Commands and log lines go out at once: the log is read while the action works.
void say(std::string_view line) {
  std::fwrite(line.data(), 1, line.size(), stdout);
  std::fputc('\n', stdout);
  std::fflush(stdout);
}

/// One write call per entry, so that a killed action leaves no half line.
void append_to(const std::string& path, std::string_view text) {
  write_file(path, text, {.flags = O_APPEND, .mode = S_IRUSR | S_IWUSR});
}

/// The toolkit's order of an annotation's properties; unknown ones follow.
std::string property_list(const ActionRuntime::Properties& properties) {
  static constexpr std::string_view order[] = {
      "title", "file", "line", "endLine", "col", "endColumn"};
  std::string text;
  const auto add = [&text](std::string_view name, std::string_view value) {
    if (value.empty()) return;
    text += fmt::format("{}{}={}", text.empty() ? " " : ",", name, escape_property(value));
  };
  for (const std::string_view name : order) {
    const auto found = properties.find(std::string(name));
    if (found != properties.end()) add(name, found->second);
  }
  for (const auto& [name, value] : properties) {
    if (std::find(std::begin(order), std::end(order), name) == std::end(order)) add(name, value);
  }
  return text;
}

}  // namespace

Version Version::parse(std::string_view text) {
  if (text.starts_with('v')) text.remove_prefix(1);
  int parts[3] = {0, 0, 0};
  for (int index = 0; index < 3; ++index) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), parts[index]);
    if (error != std::errc{}) return index == 0 ? Version{} : Version{parts[0], parts[1], parts[2]};
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    // "v6" means the newest of 6; "v6.9" the newest of 6.9.
    if (text.empty() && index == 0) return Version{parts[0], 999, 999};
    if (text.empty() && index == 1) return Version{parts[0], parts[1], 999};
    if (!text.starts_with('.')) break;
    text.remove_prefix(1);
  }
  return Version{parts[0], parts[1], parts[2]};
}

ActionRuntime::ActionRuntime(Stage stage, Version version) : stage_(stage), version_(version) {}

std::string ActionRuntime::input(std::string_view name, bool trim) const {
  std::string variable = "INPUT_";
  for (const char c : name) {
    variable += c == ' ' ? '_' : (c >= 'a' && c <= 'z') ? static_cast<char>(c - 'a' + 'A') : c;
  }
  const std::string value = env(variable);
  return trim ? std::string(trim_javascript(value)) : value;
}

std::string ActionRuntime::required_input(std::string_view name) const {
  const std::string value = input(name, false);
  if (value.empty()) throw Failed(fmt::format("Input required and not supplied: {}", name));
  return std::string(trim_javascript(value));
}

bool ActionRuntime::boolean_input(std::string_view name) const {
  const std::string value = input(name);
  if (value == "true" || value == "True" || value == "TRUE") return true;
  if (value == "false" || value == "False" || value == "FALSE") return false;
  throw Failed(fmt::format(
      "Input does not meet YAML 1.2 \"Core Schema\" specification: {}\n"
      "Support boolean input list: `true | True | TRUE | false | False | FALSE`",
      name));
}

std::string ActionRuntime::env(std::string_view name) const {
  const char* value = std::getenv(std::string(name).c_str());
  return value ? value : "";
}

const std::string& ActionRuntime::event_json() const {
  if (!event_json_) {
    std::ifstream file(env("GITHUB_EVENT_PATH"), std::ios::binary);
    std::ostringstream text;
    if (file) text << file.rdbuf();
    event_json_ = text.str().empty() ? "{}" : text.str();
  }
  return *event_json_;
}

std::string ActionRuntime::state(std::string_view name) const {
  return env(fmt::format("STATE_{}", name));
}

// A file where the runner gives one, the older command on stdout else (@actions/core).
void ActionRuntime::file_command(
    std::string_view variable,
    std::string_view fallback,
    std::string_view name,
    std::string_view value) {
  const std::string path = env(variable);
  if (path.empty()) {
    say(fmt::format("::{} name={}::{}", fallback, escape_property(name), escape_data(value)));
    return;
  }
  const std::string delimiter = "ghadelimiter_" + random_hex(32);
  append_to(path, fmt::format("{}<<{}\n{}\n{}\n", name, delimiter, value, delimiter));
}

void ActionRuntime::set_output(std::string_view name, std::string_view value) {
  file_command("GITHUB_OUTPUT", "set-output", name, value);
}

void ActionRuntime::save_state(std::string_view name, std::string_view value) {
  file_command("GITHUB_STATE", "save-state", name, value);
}

void ActionRuntime::export_variable(std::string_view name, std::string_view value) {
  ::setenv(std::string(name).c_str(), std::string(value).c_str(), 1);
  file_command("GITHUB_ENV", "set-env", name, value);
}

void ActionRuntime::add_path(std::string_view path) {
  const std::string search = env("PATH");
  ::setenv("PATH", fmt::format("{}:{}", path, search).c_str(), 1);
  const std::string file = env("GITHUB_PATH");
  if (file.empty()) {
    say(fmt::format("::add-path::{}", escape_data(path)));
  } else {
    append_to(file, fmt::format("{}\n", path));
  }
}

void ActionRuntime::add_mask(std::string_view secret) {
  say(fmt::format("::add-mask::{}", escape_data(secret)));
}

void ActionRuntime::append_summary(std::string_view markdown) {
  const std::string file = env("GITHUB_STEP_SUMMARY");
  if (!file.empty()) append_to(file, markdown);
}

void ActionRuntime::info(std::string_view line) {
  say(line);
}

void ActionRuntime::debug(std::string_view line) {
  say(fmt::format("::debug::{}", escape_data(line)));
}

void ActionRuntime::notice(std::string_view message, const Properties& properties) {
  say(fmt::format("::notice{}::{}", property_list(properties), escape_data(message)));
}

void ActionRuntime::warning(std::string_view message, const Properties& properties) {
  say(fmt::format("::warning{}::{}", property_list(properties), escape_data(message)));
}

void ActionRuntime::error(std::string_view message, const Properties& properties) {
  say(fmt::format("::error{}::{}", property_list(properties), escape_data(message)));
}

void ActionRuntime::group(std::string_view title) {
  say(fmt::format("::group::{}", escape_data(title)));
}

void ActionRuntime::end_group() {
  say("::endgroup::");
}

void ActionRuntime::report(std::string_view json_line) {
  const std::string file = env("CRUN_REPORT");
  if (!file.empty()) append_to(file, fmt::format("{}\n", json_line));
}

}  // namespace crun::executor::builtin
