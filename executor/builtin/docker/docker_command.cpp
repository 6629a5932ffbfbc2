#include "executor/builtin/docker/docker_command.hpp"

#include <cstdio>

#include <fmt/format.h>

#include "executor/builtin/interruption.hpp"
#include "executor/builtin/javascript_text.hpp"
#include "executor/host/docker_engine.hpp"
#include "executor/process/command.hpp"

namespace crun::executor::builtin {
namespace {

/// Cuts a stream into lines.
class LineReader {
 public:
  explicit LineReader(const std::function<void(std::string_view)>& on_line) : on_line_(on_line) {}
  ~LineReader() {
    if (on_line_ && !rest_.empty()) on_line_(rest_);
  }

  void write(std::string_view bytes) {
    if (!on_line_) return;
    rest_ += bytes;
    std::size_t start = 0;
    for (std::size_t end; (end = rest_.find('\n', start)) != std::string::npos; start = end + 1) {
      on_line_(std::string_view(rest_).substr(start, end - start));
    }
    rest_.erase(0, start);
  }

 private:
  const std::function<void(std::string_view)>& on_line_;
  std::string rest_;
};

std::string engine_name(const ActionRuntime& runtime) {
  return uses_podman(runtime) ? "podman" : "docker";
}

std::string engine_program(const ActionRuntime& runtime) {
  const auto found = find_program(engine_name(runtime), runtime.env("PATH"));
  return found ? found->string() : engine_name(runtime);
}

}  // namespace

std::string DockerOutcome::last_line() const {
  std::string_view text = trim_javascript(err);
  const std::size_t line = text.find_last_of("\r\n");
  if (line != text.npos) text.remove_prefix(line + 1);
  if (!text.empty()) return std::string(trim_javascript(text));
  return fmt::format("{} ended with exit code {}", program, code);
}

std::string DockerOutcome::whole_text() const {
  const std::string_view text = trim_javascript(err);
  return text.empty() ? last_line() : std::string(text);
}

bool uses_podman(const ActionRuntime& runtime) {
  return is_podman(runtime.env("CRUN_ENGINE"));
}

DockerOutcome run_docker(ActionRuntime& runtime, const DockerCall& call) {
  Command command;
  command.argv = {engine_name(runtime)};
  command.argv.insert(command.argv.end(), call.arguments.begin(), call.arguments.end());
  command.input = call.input;
  command.environment = Environment::inherited();
  for (const auto& [name, value] : call.environment) command.environment->set(name, value);
  if (!call.silent) {
    runtime.info(
        fmt::format("[command]{} {}", engine_program(runtime), fmt::join(call.arguments, " ")));
  }
  CommandResult result;
  {
    LineReader out(call.on_line), err(call.on_line);
    // Both streams to stdout: the log keeps their order only within one pipe.
    result = run_command(command, [&](Stream stream, std::string_view bytes) {
      (stream == Stream::out ? out : err).write(bytes);
      if (call.silent) return;
      std::fwrite(bytes.data(), 1, bytes.size(), stdout);
      std::fflush(stdout);
    });
  }
  throw_if_interrupted();
  return {result.status.code(), std::move(result.out), std::move(result.err), engine_name(runtime)};
}

}  // namespace crun::executor::builtin
