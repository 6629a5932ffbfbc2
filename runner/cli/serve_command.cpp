// `crun serve`: the daemon.

#include <chrono>
#include <cstdio>
#include <memory>
#include <string>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "runner/cli/commands.hpp"
#include "runner/cli/usage_error.hpp"
#include "runner/config/exit_codes.hpp"
#include "runner/server/service.hpp"

namespace crun::runner {

namespace {

struct ServeArguments {
  std::string config, state, listen = "127.0.0.1:8080", drain_timeout = "0s";
  bool check_config = false;
};

std::chrono::milliseconds drain_time(const std::string& text) {
  using std::chrono::milliseconds;
  std::size_t digits = 0;
  while (digits < text.size() && digits < 7 && text[digits] >= '0' && text[digits] <= '9') ++digits;
  const auto unit = text.substr(digits);
  const long factor = unit == "ms"                ? 1
                      : unit == "s" || unit == "" ? 1000
                      : unit == "m"               ? 60'000
                      : unit == "h"               ? 3'600'000
                                                  : 0;
  if (digits == 0 || factor == 0) {
    throw UsageError(
        fmt::format("--drain-timeout {}: this is no time", text), "write 30s, 5m or 1h");
  }
  return milliseconds(std::stol(text.substr(0, digits)) * factor);
}

int serve(const ServeArguments& arguments) {
  ServeOptions options;
  options.drain_timeout = drain_time(arguments.drain_timeout);
  workflow::Diagnostics diagnostics;
  auto config = read_serve_config(arguments.config, diagnostics);
  std::fputs(render(diagnostics).c_str(), stderr);
  if (diagnostics.has_errors()) return exit_invalid;
  if (arguments.check_config) {
    std::puts(fmt::format("{} is valid", arguments.config).c_str());
    return exit_success;
  }
  options.state = service_folder(arguments.state);
  options.listen = arguments.listen;
  Service service(std::move(config), options);
  return service.run();
}

}  // namespace

void add_serve(CLI::App& app, Command& chosen) {
  auto* command = app.add_subcommand("serve", "watch repositories and run what their events start");
  auto arguments = std::make_shared<ServeArguments>();
  command->add_option("--config", arguments->config, "configuration (YAML)")->required();
  command->add_option(
      "--state", arguments->state, "directory of the service; default: $CRUN_STATE");
  command->add_option("--listen", arguments->listen, "address and port of the pages and webhooks")
      ->capture_default_str();
  command
      ->add_option(
          "--drain-timeout", arguments->drain_timeout, "how long TERM waits for running runs")
      ->capture_default_str();
  command->add_flag("--check-config", arguments->check_config, "only check the configuration");
  command->callback(
      [&chosen, arguments] { chosen.action = [arguments] { return serve(*arguments); }; });
}

}  // namespace crun::runner
