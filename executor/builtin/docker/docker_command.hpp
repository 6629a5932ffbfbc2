// How built-in actions call docker, or podman in its place (--engine): with the toolkit's
// environment, its output into the log as it comes. The exit code decides what is a failure; the
// originals looked at stderr as well and were green when a failed command had said nothing there
// (docker-actions.md 1.5).
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "executor/builtin/action_runtime.hpp"

namespace crun::executor::builtin {

struct DockerCall {
  std::vector<std::string> arguments;
  std::string input = {};  // stdin
  bool silent = false;     // output is returned only
  std::vector<std::pair<std::string, std::string>> environment = {};
  /// Sees every complete line of both streams.
  std::function<void(std::string_view line)> on_line = {};
};

struct DockerOutcome {
  int code = 0;
  std::string out, err;
  std::string program = "docker";

  bool success() const { return code == 0; }
  /// The last line of stderr that is not blank; the originals' idea of an error message. Without
  /// one: "docker ended with exit code N".
  std::string last_line() const;
  /// All of stderr, trimmed.
  std::string whole_text() const;
};

/// Is podman the engine of this run? It has no BuildKit, and other files for credentials.
bool uses_podman(const ActionRuntime& runtime);

/// Throws Error when docker cannot be started, Interrupted when the step is being cancelled.
DockerOutcome run_docker(ActionRuntime& runtime, const DockerCall& call);

}  // namespace crun::executor::builtin
