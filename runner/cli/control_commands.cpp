// `crun runs`, `crun cancel` and `crun dispatch`: the daemon is asked.

#include <algorithm>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "runner/cli/commands.hpp"
#include "runner/cli/usage_error.hpp"
#include "runner/config/exit_codes.hpp"
#include "runner/render/printable.hpp"
#include "runner/server/control_client.hpp"
#include "runner/server/state_folder.hpp"

namespace crun::runner {

using Json = nlohmann::ordered_json;

namespace {

CLI::Option* add_state(CLI::App& command, std::string& state) {
  return command.add_option("--state", state, "directory of the daemon; default: $CRUN_STATE");
}

std::string text_of(const Json& run, const char* key) {
  const auto found = run.find(key);
  if (found == run.end() || found->is_null()) return "-";
  auto text =
      found->is_string() ? found->get<std::string>() : fmt::format("{:.1f}s", found->get<double>());
  // A name is another's text: it must not speak to the terminal.
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = '?';
  }
  return text.empty() ? "-" : text;
}

void print_table(const Json& runs) {
  std::vector<std::vector<std::string>> rows = {
      {"RUN", "REPOSITORY", "WORKFLOW", "EVENT", "REF", "STATE", "STARTED", "DURATION"}};
  for (const auto& run : runs) {
    const auto conclusion = text_of(run, "conclusion");
    rows.push_back(
        {text_of(run, "id"),
         text_of(run, "repository"),
         text_of(run, "workflow"),
         text_of(run, "event"),
         text_of(run, "ref"),
         conclusion == "-" ? text_of(run, "state") : conclusion,
         text_of(run, "started"),
         text_of(run, "duration")});
  }
  std::vector<std::size_t> widths(rows.front().size(), 0);
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  for (const auto& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      line += i + 1 == row.size() ? row[i] : fmt::format("{:<{}}  ", row[i], widths[i]);
    }
    print(stdout, line + "\n");
  }
}

int print_runs(const std::string& state, bool as_json) {
  ControlClient client(service_folder(state));
  client.ask({{"command", "runs"}});
  const auto answer = client.answer();
  for (const auto& repository : answer.value("repositories", Json::array())) {
    const auto error = repository.value("error", "");
    if (error.empty()) continue;
    print(stderr, fmt::format("crun: repository {}: {}\n", repository.value("name", ""), error));
  }
  if (as_json) {
    std::puts(answer["runs"].dump(2, ' ', false, Json::error_handler_t::replace).c_str());
  } else {
    print_table(answer["runs"]);
  }
  return exit_success;
}

int cancel(const std::string& state, const std::string& run) {
  ControlClient client(service_folder(state));
  client.ask({{"command", "cancel"}, {"run", run}});
  const auto ended = run_of(client.answer());
  std::puts(fmt::format("run {} has ended: {}", run, ended.conclusion).c_str());
  return exit_success;
}

struct DispatchArguments {
  std::string state, repository, workflow, ref;
  std::vector<std::string> inputs;
};

int dispatch(const DispatchArguments& arguments) {
  Json inputs = Json::object();
  for (const auto& input : arguments.inputs) {
    const auto equals = input.find('=');
    if (equals == std::string::npos || equals == 0) {
      throw UsageError(fmt::format("--input {}: a value is missing", input), "write NAME=VALUE");
    }
    inputs[input.substr(0, equals)] = input.substr(equals + 1);
  }
  ControlClient client(service_folder(arguments.state));
  client.ask(
      {{"command", "dispatch"},
       {"repository", arguments.repository},
       {"workflow", arguments.workflow},
       {"ref", arguments.ref},
       {"inputs", inputs}});
  std::puts(client.answer().value("run", "").c_str());
  return exit_success;
}

}  // namespace

void add_runs(CLI::App& app, Command& chosen) {
  auto* command = app.add_subcommand("runs", "the daemon's runs, newest first");
  auto state = std::make_shared<std::string>();
  auto as_json = std::make_shared<bool>(false);
  add_state(*command, *state);
  command->add_flag("--json", *as_json, "as a JSON array");
  command->callback([&chosen, state, as_json] {
    chosen.action = [state, as_json] { return print_runs(*state, *as_json); };
  });
}

void add_cancel(CLI::App& app, Command& chosen) {
  auto* command = app.add_subcommand("cancel", "cancel a run of the daemon, wait for its end");
  auto state = std::make_shared<std::string>();
  auto run = std::make_shared<std::string>();
  command->add_option("run", *run, "id of the run")->required();
  add_state(*command, *state);
  command->callback(
      [&chosen, state, run] { chosen.action = [state, run] { return cancel(*state, *run); }; });
}

void add_dispatch(CLI::App& app, Command& chosen) {
  auto* command = app.add_subcommand("dispatch", "start a workflow of a repository of the daemon");
  auto arguments = std::make_shared<DispatchArguments>();
  command->add_option("repository", arguments->repository, "its name in the configuration")
      ->required();
  command->add_option("workflow", arguments->workflow, "file name, path or name")->required();
  command->add_option("--ref", arguments->ref, "branch or tag; default: the remote's HEAD");
  command->add_option("--input", arguments->inputs, "NAME=VALUE")->allow_extra_args(false);
  add_state(*command, arguments->state);
  command->callback(
      [&chosen, arguments] { chosen.action = [arguments] { return dispatch(*arguments); }; });
}

}  // namespace crun::runner
