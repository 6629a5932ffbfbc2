// What a built-in action sees of the world: inputs, the event, files for its outputs, and the
// commands that the log understands. The same contract as a JavaScript action has, so that the
// golden recordings of the originals can be replayed (docker-actions.md 1.1).
//
// A built-in action is a program: `crun builtin NAME STAGE VERSION`, run as a child like any step.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace crun::executor::builtin {

/// Ends the action with `::error::<text>` and exit code 1, as setFailed does. `place`: properties
/// of the annotation (file, line).
struct Failed : std::runtime_error {
  explicit Failed(const std::string& text, std::map<std::string, std::string> where = {})
      : std::runtime_error(text), place(std::move(where)) {}

  std::map<std::string, std::string> place;
};

enum class Stage { pre, main, post };

/// "v6.9.0" -> {6, 9, 0}; a branch or nothing at all counts as the newest.
struct Version {
  int major = 999, minor = 0, patch = 0;

  static Version parse(std::string_view text);
  auto operator<=>(const Version&) const = default;
};

class ActionRuntime {
 public:
  /// Reads everything from the process environment.
  ActionRuntime(Stage stage, Version version);

  Stage stage() const { return stage_; }
  const Version& version() const { return version_; }

  /// INPUT_<NAME>, trimmed as getInput does; absent is ''.
  std::string input(std::string_view name, bool trim = true) const;
  /// Fails with GitHub's text when the input is empty.
  std::string required_input(std::string_view name) const;
  /// true|True|TRUE|false|False|FALSE, else fails with the toolkit's text.
  bool boolean_input(std::string_view name) const;

  /// An environment variable, or ''.
  std::string env(std::string_view name) const;
  /// The event payload as JSON text ("{}" when there is none).
  const std::string& event_json() const;
  /// STATE_<name> saved by an earlier stage, or ''.
  std::string state(std::string_view name) const;

  void set_output(std::string_view name, std::string_view value);
  void save_state(std::string_view name, std::string_view value);
  void export_variable(std::string_view name, std::string_view value);
  void add_path(std::string_view path);
  void add_mask(std::string_view secret);
  void append_summary(std::string_view markdown);

  void info(std::string_view line);
  void debug(std::string_view line);
  using Properties = std::map<std::string, std::string>;
  void notice(std::string_view message, const Properties& properties = {});
  void warning(std::string_view message, const Properties& properties = {});
  void error(std::string_view message, const Properties& properties = {});
  void group(std::string_view title);
  void end_group();

  /// One JSON object to the run that supervises this action ($CRUN_REPORT, a file of JSON lines):
  /// pushed images, builds that pushed nothing. Does nothing when nobody listens.
  void report(std::string_view json_line);

 private:
  void file_command(
      std::string_view variable,
      std::string_view fallback,
      std::string_view name,
      std::string_view value);

  Stage stage_;
  Version version_;
  mutable std::optional<std::string> event_json_;
};

}  // namespace crun::executor::builtin
