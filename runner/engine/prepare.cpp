#include "runner/engine/prepare.hpp"

#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include <fmt/format.h>

#include "executor/action/resolve.hpp"
#include "executor/error.hpp"
#include "runner/cli/usage_error.hpp"
#include "runner/config/paths.hpp"
#include "runner/engine/find_workflow.hpp"
#include "runner/engine/github_context.hpp"
#include "runner/engine/machine.hpp"
#include "runner/engine/project_facts.hpp"
#include "workflow/lint/lint.hpp"
#include "workflow/model/uses.hpp"
#include "workflow/model/workflow_reader.hpp"
#include "workflow/trigger/inputs.hpp"

namespace crun::runner {

namespace fs = std::filesystem;
using workflow::Object;

namespace {

Object text_object(const std::map<std::string, std::string>& values) {
  Object object;
  for (const auto& [name, value] : values) object.set(name, value);
  return object;
}

EventRequest event_request(
    const RunOptions& options, const fs::path& current, const fs::path& directory) {
  EventRequest request;
  request.event = options.event;
  request.event_file = options.event_file;
  request.event_payload = options.event_payload;
  request.current_folder = current;
  request.directory = directory;
  request.ref = options.ref;
  request.sha = options.sha;
  request.inputs = options.inputs;
  request.actor = options.actor;
  request.working_tree = options.act && options.skip_checkout;
  return request;
}

/// The inputs of a dispatch: checked against the definitions, in the payload and as a context.
Object dispatch_inputs(
    RunEvent& event, const workflow::Workflow& workflow, workflow::Diagnostics& diagnostics) {
  const auto* trigger = workflow.on.find(event.name);
  if (event.name != "workflow_dispatch" || trigger == nullptr) {
    if (!event.inputs.empty()) {
      throw UsageError(
          fmt::format(
              "--input {}: the event {} takes no inputs", event.inputs.begin()->first, event.name),
          "inputs are for workflow_dispatch: add --event workflow_dispatch");
    }
    return Object();
  }
  const auto resolved =
      resolve_dispatch_inputs(workflow.source, *trigger, event.inputs, diagnostics);
  set_payload_inputs(event, resolved.text);
  return resolved.typed;
}

std::string token_of(const RunOptions& options) {
  const auto found = options.secrets.find("GITHUB_TOKEN");
  return found == options.secrets.end() ? std::string() : found->second;
}

/// The text of a called workflow: of this repository as the first one is read, or of another.
workflow::SourcePtr called_source(
    const PreparedRun& prepared,
    const workflow::ProjectFacts& facts,
    const std::string& reference,
    std::string& trouble) {
  const auto uses = workflow::parse_uses(reference);
  if (!uses) return nullptr;
  if (uses->kind != workflow::UsesReference::Kind::remote) {
    const auto file = facts.read_file(uses->path);
    return file ? std::make_shared<workflow::SourceFile>(reference, std::string(file->text()))
                : nullptr;
  }
  try {
    const auto action = executor::ActionReference::parse(reference);
    if (!action) return nullptr;
    std::ifstream file(prepared.actions->repository(*action) / action->path, std::ios::binary);
    if (!file) return nullptr;
    std::ostringstream text;
    text << file.rdbuf();
    return std::make_shared<workflow::SourceFile>(reference, text.str());
  } catch (const executor::Error& error) {
    trouble = fmt::format("{} ({})", error.what(), error.cure());
    return nullptr;
  }
}

/// To say what would run, a workflow of another repository need not be at hand.
void read_calls(
    PreparedRun& prepared,
    const workflow::ProjectFacts& facts,
    const workflow::WorkflowReaderOptions& reading,
    bool only_plan) {
  std::string trouble;
  workflow::CallOptions calling;
  calling.reading = reading;
  std::set<std::string> unreachable;
  calling.find = [&](const std::string& reference) {
    std::string why;
    auto source = called_source(prepared, facts, reference, why);
    if (!why.empty()) {
      unreachable.insert(reference);
      trouble = std::move(why);
    }
    return source;
  };
  calling.may_be_missing = [&](const std::string& reference) {
    return only_plan && unreachable.count(reference) > 0;
  };
  prepared.calls = read_called_workflows(*prepared.workflow, calling, prepared.diagnostics);
  if (trouble.empty()) return;
  prepared.diagnostics.add(
      {only_plan ? workflow::Severity::warning : workflow::Severity::error,
       "call",
       nullptr,
       {},
       trouble,
       {},
       {}});
}

}  // namespace

PreparedRun prepare_run(const RunOptions& options, const std::string& run_id) {
  const auto current = fs::current_path();
  const auto directory = (current / options.directory).lexically_normal();
  if (!fs::is_directory(directory)) {
    throw UsageError(fmt::format("there is no folder {}", directory.string()));
  }
  PreparedRun prepared(executor::git::Repository::open(directory));
  prepared.paths = standard_paths();
  prepared.actions = std::make_shared<executor::ActionStore>(executor::ActionSettings{
      options.server_url,
      prepared.paths.cache / "actions",
      options.offline,
      crun_program(),
      token_of(options),
      options.actions});
  const LocalEvents events(prepared.repository, event_request(options, current, directory));

  // At HEAD a local run means what the user sees; any other ref means its commit.
  const auto commit = events.at_head() ? std::string() : events.sha();
  WorkflowQuery query;
  query.name = options.workflow;
  if (options.sha.empty()) {  // else only what the commit has counts
    query.current_folder = current;
    query.directory = directory;
  }
  query.commit = commit;
  const auto file = find_workflow(prepared.repository, query);
  prepared.path = file.path;
  const auto source = read_workflow_text(prepared.repository, file, commit);

  workflow::WorkflowReaderOptions reading;
  reading.lenient = options.lenient;
  reading.keep_going = true;
  prepared.workflow = read_workflow(source, prepared.diagnostics, reading);
  if (!prepared.workflow) return prepared;
  auto facts = project_facts(prepared.repository, commit);
  const auto actions = prepared.actions;
  facts.action_available = [actions](const std::string& uses) {
    return executor::is_available(uses, *actions);
  };
  lint(*prepared.workflow, facts, prepared.diagnostics);
  if (!prepared.diagnostics.has_errors()) read_calls(prepared, facts, reading, options.only_plan);
  prepared.diagnostics.sort();
  if (prepared.diagnostics.has_errors()) return prepared;

  prepared.graph = make_graph(*prepared.workflow, prepared.diagnostics);
  prepared.event = events.make(prepared.workflow->on);
  prepared.trigger = match_event(prepared.workflow->on, prepared.event.facts());
  prepared.inputs = dispatch_inputs(prepared.event, *prepared.workflow, prepared.diagnostics);
  prepared.github =
      github_context(prepared.event, *prepared.workflow, prepared.path, run_id, token_of(options));
  prepared.vars = text_object(options.vars);
  prepared.secrets = text_object(options.secrets);
  if (prepared.secrets.find("GITHUB_TOKEN") == nullptr) prepared.secrets.set("GITHUB_TOKEN", "");
  prepared.working_tree = options.act && options.skip_checkout && events.at_head();
  return prepared;
}

}  // namespace crun::runner
