#include "runner/cli/run_arguments.hpp"

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "runner/cli/usage_error.hpp"
#include "runner/config/env_file.hpp"
#include "runner/server/run_start.hpp"

namespace crun::runner {

struct RunArguments {
  std::string workflow, workflows_option, event, event_file, ref, directory, actor, server_url,
      ignored, sha, service_run, service_folder;
  std::vector<std::string> inputs, secrets, secret_files, vars, var_files, env, env_files, jobs,
      matrix, platforms, registry_maps, actions;
  std::string pull = "missing", engine = "docker", workspace;
  int max_parallel = 0;
  bool force = false, no_act = false, no_skip_checkout = false, json = false, strict = false,
       lenient = false, offline = false, sandbox = false;
};

namespace {

std::pair<std::string, std::string> name_and_value(
    const std::string& option, const std::string& text, char separator = '=') {
  const auto at = text.find(separator);
  if (at == std::string::npos || at == 0) {
    throw UsageError(
        fmt::format("{} {}: a value is missing", option, text),
        fmt::format("write {} NAME{}VALUE", option, separator));
  }
  return {text.substr(0, at), text.substr(at + 1)};
}

void read_pairs(
    std::map<std::string, std::string>& target,
    const std::string& option,
    const std::vector<std::string>& files,
    const std::vector<std::string>& pairs) {
  for (const auto& file : files) {
    for (auto& [name, value] : read_env_file(file)) target[name] = value;
  }
  for (const auto& pair : pairs) {
    const auto [name, value] = name_and_value(option, pair);
    target[name] = value;
  }
}

/// -s NAME takes the value from the environment, where no other user can see it.
void read_secrets(RunOptions& options, const std::vector<std::string>& secrets) {
  for (const auto& secret : secrets) {
    if (secret.find('=') != std::string::npos) {
      const auto [name, value] = name_and_value("--secret", secret);
      options.secrets[name] = value;
      std::fputs(
          fmt::format(
              "crun: --secret {0}=...: everyone on this machine can read a command line; "
              "`export {0}` and `-s {0}` keep it private\n",
              name)
              .c_str(),
          stderr);
      continue;
    }
    const char* value = std::getenv(secret.c_str());
    if (value == nullptr) {
      throw UsageError(
          fmt::format("--secret {0}: the environment has no variable {0}", secret),
          fmt::format("export {0}, or use --secret-file", secret));
    }
    options.secrets[secret] = value;
    options.secret_variables.push_back(secret);
  }
}

/// The service gives secrets under names that cannot stand for something else (a secret may be
/// called PATH). They are wiped from the memory that /proc/PID/environ shows.
void take_service_run(RunOptions& options, const std::string& id, const std::string& folder) {
  options.service = ServiceRun{id, folder, leave_note_for_service};
  announce_to_service();
  std::vector<std::string> names;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view line(*entry);
    if (!line.starts_with(service_secret_prefix)) continue;
    const auto equals = line.find('=');
    const auto name =
        line.substr(service_secret_prefix.size(), equals - service_secret_prefix.size());
    options.secrets[std::string(name)] = line.substr(equals + 1);
    names.emplace_back(line.substr(0, equals));
    std::memset(*entry + equals + 1, 0, line.size() - equals - 1);
  }
  for (const auto& name : names) ::unsetenv(name.c_str());
}

void read_platforms(RunOptions& options, const std::vector<std::string>& platforms) {
  for (const auto& platform : platforms) {
    const auto [label, where] = name_and_value("--platform", platform);
    options.platforms[label] = where == "-self-hosted" ? "host" : where;
  }
}

void read_actions(RunOptions& options, const RunArguments& a) {
  if (!a.server_url.empty()) options.server_url = a.server_url;
  while (options.server_url.ends_with('/')) options.server_url.pop_back();
  for (const auto& entry : a.actions) {
    const auto [uses, folder] = name_and_value("--action", entry);
    const auto path = std::filesystem::absolute(folder).lexically_normal();
    if (!std::filesystem::is_directory(path)) {
      throw UsageError(fmt::format("--action {}: there is no folder {}", entry, path.string()));
    }
    options.actions[uses] = path;
  }
}

/// Adds the options that the call can name.
class RunOptionList {
 public:
  RunOptionList(CLI::App& command, const Command& call) : command_(command), call_(call) {}

  template <typename Value>
  CLI::Option* one(const char* names, Value& value, const char* text = "") const {
    return call_.may_name(names) ? command_.add_option(names, value, text) : nullptr;
  }
  /// May be given several times, with one value each.
  void each(const char* names, std::vector<std::string>& values, const char* text) const {
    if (auto* option = one(names, values, text)) option->allow_extra_args(false);
  }
  void choice(
      const char* names,
      std::string& value,
      std::vector<std::string> choices,
      const char* text) const {
    if (auto* option = one(names, value, text)) option->check(CLI::IsMember(std::move(choices)));
  }
  void number(const char* names, int& value, const char* text) const {
    if (auto* option = one(names, value, text)) option->check(CLI::PositiveNumber);
  }
  void hidden(const char* names, std::string& value) const {
    if (auto* option = one(names, value)) option->group("");
  }
  void flag(const char* names, bool& value, const char* text) const {
    if (call_.may_name(names)) command_.add_flag(names, value, text);
  }

 private:
  CLI::App& command_;
  const Command& call_;
};

}  // namespace

std::shared_ptr<RunArguments> add_run_arguments(CLI::App& command, const Command& call) {
  auto arguments = std::make_shared<RunArguments>();
  auto& a = *arguments;
  command.add_option(
      "workflow",
      a.workflow,
      "path, file name in .github/workflows, or name; default: the only one");
  const RunOptionList list(command, call);
  list.one("--event", a.event, "event; default: one that fires here");
  list.one(
      "-e,--event-file,--eventpath", a.event_file, "webhook payload, merged over the made one");
  list.one("--ref", a.ref, "branch, tag or full ref; default: where HEAD is");
  list.each("--input", a.inputs, "NAME=VALUE of workflow_dispatch");
  list.each("-s,--secret", a.secrets, "NAME (value from the environment) or NAME=VALUE");
  list.each("--secret-file", a.secret_files, "file of NAME=VALUE lines");
  list.each("--var", a.vars, "NAME=VALUE of the vars context");
  list.each("--var-file", a.var_files, "file of NAME=VALUE lines");
  list.each("--env", a.env, "NAME=VALUE below the workflow's env");
  list.each("--env-file", a.env_files, "file of NAME=VALUE lines");
  list.each("-j,--job", a.jobs, "only this job and what it needs");
  list.each("--matrix", a.matrix, "NAME:VALUE: only legs with it");
  list.each("-P,--platform", a.platforms, "LABEL=IMAGE, or LABEL=host: where jobs run");
  list.choice(
      "--pull",
      a.pull,
      {"missing", "always", "never"},
      "images of containers: missing (default), always or never");
  list.choice(
      "--workspace",
      a.workspace,
      {"copy", "live"},
      "a fresh one for each leg: copy: without mounts; live: your own folder instead, as it is");
  list.flag("--sandbox", a.sandbox, "jobs on the machine see it read-only, through bubblewrap");
  list.choice("--engine", a.engine, {"docker", "podman"}, "docker (default) or podman");
  list.number("--max-parallel", a.max_parallel, "legs at a time; default: cores, at least 2");
  list.one("-C,--directory", a.directory, "repository; default: the current folder");
  list.one("--actor", a.actor, "who triggered it");
  list.each(
      "--registry-map",
      a.registry_maps,
      "FROM=TO: push to TO instead, e.g. docker.io=127.0.0.1:5002");
  list.each("--action", a.actions, "OWNER/REPO[/PATH]@REF=DIR: this action is taken from DIR");
  list.one(
      "--server-url",
      a.server_url,
      "where remote actions and workflows come from; file:///DIR has DIR/OWNER/REPO.git");
  list.flag("--offline", a.offline, "fetch no actions: what is in the cache, or an error");
  list.flag("--force", a.force, "run although the event does not trigger");
  list.flag("--no-act", a.no_act, "as GitHub would: ACT is not set, checkout gives the commit");
  list.flag("--no-skip-checkout", a.no_skip_checkout, "checkout gives the commit also in act mode");
  list.flag("--json", a.json, "events as JSON lines on stdout");
  list.flag("--strict", a.strict, "warnings are errors");
  list.flag("--lenient", a.lenient, "run what GitHub refuses but what is unambiguous");
  list.one("-W,--workflows", a.workflows_option, "as in act: the workflow's path");
  // How `crun serve` starts a run.
  list.hidden("--sha", a.sha);
  list.hidden("--service-run", a.service_run);
  list.hidden("--service-folder", a.service_folder);
  list.one("--container-architecture", a.ignored, "as in act: without effect");
  return arguments;
}

RunOptions run_options(const RunArguments& a) {
  RunOptions options;
  options.workflow = a.workflow.empty() ? a.workflows_option : a.workflow;
  options.event = a.event;
  options.event_file = a.event_file;
  options.ref = a.ref;
  options.sha = a.sha;
  if (!a.service_run.empty()) take_service_run(options, a.service_run, a.service_folder);
  options.directory = a.directory;
  options.actor = a.actor;
  options.jobs = a.jobs;
  options.max_parallel = a.max_parallel;
  options.pull = a.pull;
  options.engine = a.engine;
  options.force = a.force;
  options.act = !a.no_act;
  options.skip_checkout = !a.no_skip_checkout;
  options.json = a.json;
  options.strict = a.strict;
  options.lenient = a.lenient;
  options.offline = a.offline;
  options.sandbox = a.sandbox;
  options.live_workspace = a.workspace == "live";
  options.copied_workspace = a.workspace == "copy";
  read_actions(options, a);
  read_pairs(options.inputs, "--input", {}, a.inputs);
  read_pairs(options.secrets, "--secret", a.secret_files, {});
  read_pairs(options.vars, "--var", a.var_files, a.vars);
  read_pairs(options.env, "--env", a.env_files, a.env);
  read_secrets(options, a.secrets);
  read_platforms(options, a.platforms);
  for (const auto& entry : a.matrix) {
    options.matrix.push_back(name_and_value("--matrix", entry, ':'));
  }
  for (const auto& entry : a.registry_maps) {
    const auto [from, to] = name_and_value("--registry-map", entry);
    options.registry_map += (options.registry_map.empty() ? "" : ",") + from + "=" + to;
  }
  return options;
}

}  // namespace crun::runner
