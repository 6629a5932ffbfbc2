// `crun logs RUN`: a run's journal as people or programs read it. The daemon tells where it is and
// when it grows.

#include <cstdio>
#include <memory>
#include <string>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "runner/cli/commands.hpp"
#include "runner/config/exit_codes.hpp"
#include "runner/engine/machine.hpp"
#include "runner/render/event_reader.hpp"
#include "runner/render/plain_sink.hpp"
#include "runner/server/control_client.hpp"
#include "runner/server/event_stream.hpp"
#include "runner/server/journal_reader.hpp"
#include "runner/server/state_folder.hpp"

namespace crun::runner {

namespace {

struct LogsArguments {
  std::string state, run;
  bool follow = false, json = false;
};

class LogPrinter {
 public:
  LogPrinter(std::string journal, bool json)
      : reader_(std::move(journal), 0), json_(json), plain_(stdout, wants_colours()) {}

  /// What is new in the journal.
  void print() {
    while (const auto line = reader_.next()) print(std::string(*line));
    flush();
  }

  /// A run that was killed has no last line of its own.
  void print_end(const RunRecord& run) {
    print();
    if (!finished_) print(made_up_end(run));
    flush();
  }

 private:
  void flush() {
    plain_.flush();
    std::fflush(stdout);
  }

  void print(const std::string& line) {
    const auto event = event_from_json(line);
    finished_ = finished_ || (event && std::get_if<executor::RunFinished>(&event->body) != nullptr);
    if (json_) {
      std::puts(line.c_str());
    } else if (event) {
      plain_.on_event(*event);
    }
  }

  JournalReader reader_;
  bool json_, finished_ = false;
  PlainSink plain_;
};

int print_log(const LogsArguments& arguments) {
  ControlClient client(service_folder(arguments.state));
  client.ask({{"command", arguments.follow ? "follow" : "run"}, {"run", arguments.run}});
  auto answer = client.answer();
  LogPrinter printer(answer.value("journal", ""), arguments.json);
  auto run = run_of(answer);
  while (arguments.follow && run.state != RunState::ended) {
    printer.print();
    answer = client.answer();
    run = run_of(answer);
  }
  if (run.state == RunState::ended) {
    printer.print_end(run);
  } else {
    printer.print();
  }
  return arguments.follow ? run.exit_code : exit_success;
}

}  // namespace

void add_logs(CLI::App& app, Command& chosen) {
  auto* command = app.add_subcommand("logs", "the log of a run of the daemon");
  auto arguments = std::make_shared<LogsArguments>();
  command->add_option("run", arguments->run, "id of the run")->required();
  command->add_flag("-f,--follow", arguments->follow, "to its end; exits with the run's exit code");
  command->add_flag("--json", arguments->json, "as JSON events");
  command->add_option("--state", arguments->state, "directory of the daemon; default: $CRUN_STATE");
  command->callback(
      [&chosen, arguments] { chosen.action = [arguments] { return print_log(*arguments); }; });
}

}  // namespace crun::runner
