// A built-in action run in this process, in a folder and with an environment of its own.
#pragma once

#include <cctype>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

#include "executor/builtin/action_runtime.hpp"
#include "tests/scratch_repository.hpp"

namespace crun::tests {

struct ActionResult {
  std::string failure;  // '' when the action went well
  std::map<std::string, std::string> outputs;
  std::string log;
};

class ActionWorld {
  ScratchFolder scratch_;  // first: the others are made from it

 public:
  using Action = void (*)(executor::builtin::ActionRuntime&);

  ActionWorld(Action action, std::string version) : action_(action), version_(std::move(version)) {}

  /// The folder the action works in; a temporary one unless it is set.
  std::filesystem::path folder = scratch_.path();
  std::map<std::string, std::string> inputs;
  std::map<std::string, std::string> environment;
  std::string event = "{}";

  ActionResult run() {
    const auto output = scratch_.path() / "output", log = scratch_.path() / "log";
    std::ofstream(output, std::ios::trunc);
    std::ofstream(scratch_.path() / "event.json", std::ios::trunc) << event;
    auto variables = environment;
    for (const auto& [name, value] : inputs) variables["INPUT_" + upper(name)] = value;
    variables["GITHUB_OUTPUT"] = output;
    variables["GITHUB_STATE"] = scratch_.path() / "state";
    variables["GITHUB_ENV"] = scratch_.path() / "env";
    variables["GITHUB_EVENT_PATH"] = scratch_.path() / "event.json";
    variables["RUNNER_TEMP"] = scratch_.path();
    const auto home = std::filesystem::current_path();
    for (const auto& [name, value] : variables) ::setenv(name.c_str(), value.c_str(), 1);
    std::filesystem::current_path(folder);
    ActionResult result;
    result.failure = logged_to(log, [this] { return act(); });
    std::filesystem::current_path(home);
    for (const auto& [name, value] : variables) ::unsetenv(name.c_str());
    result.outputs = read_outputs(read_text(output));
    result.log = read_text(log);
    return result;
  }

 private:
  static std::string upper(std::string text) {
    for (char& c : text) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    return text;
  }

  std::string act() const {
    executor::builtin::ActionRuntime runtime(
        executor::builtin::Stage::main, executor::builtin::Version::parse(version_));
    try {
      action_(runtime);
      return "";
    } catch (const std::exception& failure) {
      return failure.what();
    }
  }

  /// With standard output in a file.
  template <typename Work>
  static std::string logged_to(const std::filesystem::path& log, Work work) {
    std::fflush(stdout);
    const int saved = ::dup(1);
    const int file = ::open(log.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    ::dup2(file, 1);
    ::close(file);
    std::string failure = work();
    std::fflush(stdout);
    ::dup2(saved, 1);
    ::close(saved);
    return failure;
  }

  static std::map<std::string, std::string> read_outputs(const std::string& text) {
    std::map<std::string, std::string> outputs;
    for (std::size_t at = 0; at < text.size();) {
      const auto mark = text.find("<<", at), line = text.find('\n', mark);
      const std::string delimiter = "\n" + text.substr(mark + 2, line - mark - 2) + "\n";
      const auto end = text.find(delimiter, line);
      outputs[text.substr(at, mark - at)] =
          end <= line ? std::string() : text.substr(line + 1, end - line - 1);
      at = end + delimiter.size();
    }
    return outputs;
  }

  Action action_;
  std::string version_;
};

}  // namespace crun::tests
