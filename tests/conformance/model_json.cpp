#include "tests/conformance/model_json.hpp"

#include <string>
#include <string_view>
#include <utility>

#include "tests/conformance/pack.hpp"
#include "workflow/expression/value.hpp"
#include "workflow/model/permission_levels.hpp"

namespace crun::conformance {

namespace {

using Json = nlohmann::ordered_json;
using namespace crun::workflow;  // NOLINT: the model's names are this file's vocabulary

// The types of tokens, as numbers in the data.
enum Type { string = 0, sequence, mapping, expression, insert, boolean, number, null };

class Printer {
 public:
  explicit Printer(const ModelJsonOptions& options) : options_(options) {}

  Json token(const Token& token) const;
  Json condition(const Condition& condition) const;
  Json step(const Step& step) const;
  Json job(const Job& job, const std::optional<Permissions>& inherited) const;
  Json call(
      const Job& job,
      const std::optional<Permissions>& inherited,
      const CalledWorkflow* called) const;
  Json jobs(
      const Workflow& workflow,
      const CalledWorkflows& called,
      const std::optional<Permissions>& permissions) const;
  Json events(const On& on) const;
  static Json permissions(const Permissions& permissions);

 private:
  Json name(const Job& job) const;
  Json id(const Job& job) const;
  Json needs(const Job& job) const;
  void place(Json& json, Span span) const {
    if (!options_.source || !span.begin) return;
    json["file"] = 1;
    json["line"] = span.begin.line;
    json["col"] = span.begin.column;
  }
  Json text(const std::string& text, Span span) const {
    if (!options_.source) return text;
    Json json = {{"type", Type::string}};
    place(json, span);
    json["lit"] = text;
    return json;
  }
  void put(Json& json, const char* key, const TokenPtr& value) const {
    if (value) json[key] = token(*value);
  }

  ModelJsonOptions options_;
};

Json Printer::token(const Token& token) const {
  const auto literal = [&](Type type, const char* key, Json value) -> Json {
    if (!options_.source) return value;
    Json json = {{"type", type}};
    place(json, token.span);
    if (key) json[key] = std::move(value);
    return json;
  };
  switch (token.kind) {
    case Token::Kind::string:
      return text(token.text, token.span);
    case Token::Kind::null:
      return literal(Type::null, nullptr, nullptr);
    case Token::Kind::boolean:
      return literal(Type::boolean, "bool", token.boolean);
    case Token::Kind::number:
      return literal(Type::number, "num", conformance::to_json(Value(token.number)));
    default:
      break;
  }
  Json json;
  const auto head = [&](Type type) {
    json["type"] = type;
    place(json, token.span);
  };
  if (token.kind == Token::Kind::expression) {
    head(Type::expression);
    json["expr"] = token.text;
  } else if (token.kind == Token::Kind::insert) {
    head(Type::insert);
    json["directive"] = "insert";
  } else if (token.kind == Token::Kind::sequence) {
    head(Type::sequence);
    json["seq"] = Json::array();
    for (const auto& item : token.items) json["seq"].push_back(this->token(*item));
  } else {
    head(Type::mapping);
    json["map"] = Json::array();
    for (const auto& [key, value] : token.entries) {
      json["map"].push_back({{"Key", this->token(*key)}, {"Value", this->token(*value)}});
    }
  }
  return json;
}

Json Printer::condition(const Condition& condition) const {
  Json json = {{"type", Type::expression}};
  place(json, condition.span);
  json["expr"] = condition.expression.text();
  return json;
}

Json Printer::step(const Step& step) const {
  Json json = {{"id", step.id}};
  put(json, "name", step.name);
  if (step.condition) json["if"] = condition(*step.condition);
  put(json, "continue-on-error", step.continue_on_error);
  put(json, "timeout-minutes", step.timeout_minutes);
  put(json, "env", step.env);
  put(json, "working-directory", step.working_directory);
  put(json, "shell", step.shell);
  put(json, "run", step.run);
  if (step.has_background) json["background"] = step.background;
  switch (step.kind) {
    case Step::Kind::uses:
      json["uses"] = text(step.uses, step.uses_span);
      put(json, "with", step.with);
      break;
    case Step::Kind::wait:
      json["wait"] = step.targets;
      break;
    case Step::Kind::wait_all:
      json["wait-all"] = true;
      break;
    case Step::Kind::cancel:
      json["cancel"] = step.targets.front();
      break;
    case Step::Kind::parallel:
      json["parallel"] = Json::array();
      for (const auto& inner : step.parallel) json["parallel"].push_back(this->step(inner));
      break;
    case Step::Kind::run:
      break;
  }
  return json;
}

Json Printer::permissions(const Permissions& permissions) {
  Json json = Json::object();
  for (const auto& [scope, level] : PermissionLevels(permissions).all()) {
    if (level != PermissionLevel::none) json[scope] = to_string(level);
  }
  return json;
}

Json Printer::id(const Job& job) const {
  return text(job.id, job.span);
}

Json Printer::name(const Job& job) const {
  const bool none = !job.name || (job.name->kind == Token::Kind::string && job.name->text.empty());
  return none ? id(job) : token(*job.name);
}

Json Printer::needs(const Job& job) const {
  Json json = Json::array();
  for (const auto& need : job.needs) json.push_back(text(need.job, need.span));
  return json;
}

Json Printer::job(const Job& job, const std::optional<Permissions>& inherited) const {
  Json json = {{"type", "job"}, {"id", id(job)}, {"name", name(job)}};
  if (!job.needs.empty()) json["needs"] = needs(job);
  json["if"] = condition(*job.condition);
  if (job.strategy) json["strategy"] = token(*job.strategy->token);
  const auto& permissions = job.permissions ? job.permissions : inherited;
  if (permissions) json["permissions"] = this->permissions(*permissions);
  put(json, "continue-on-error", job.continue_on_error);
  put(json, "timeout-minutes", job.timeout_minutes);
  put(json, "cancel-timeout-minutes", job.cancel_timeout_minutes);
  if (job.concurrency) json["concurrency"] = token(*job.concurrency->token);
  put(json, "container", job.container);
  put(json, "services", job.services);
  put(json, "env", job.env);
  put(json, "environment", job.environment);
  put(json, "defaults", job.defaults.token);
  put(json, "runs-on", job.runs_on);
  put(json, "outputs", job.outputs);
  put(json, "snapshot", job.snapshot);
  for (const auto& each : job.steps) json["steps"].push_back(step(each));
  return json;
}

Json Printer::call(
    const Job& job,
    const std::optional<Permissions>& inherited,
    const CalledWorkflow* called) const {
  Json json = {{"type", "reusableWorkflowJob"}, {"id", id(job)}, {"name", name(job)}};
  json["needs"] = needs(job);
  json["if"] = condition(*job.condition);
  json["ref"] = text(job.uses, job.uses_span);
  auto permissions = job.permissions ? job.permissions : inherited;
  if (called && called->workflow->permissions) permissions = called->workflow->permissions;
  if (permissions) json["permissions"] = this->permissions(*permissions);
  const EventTrigger* trigger = nullptr;
  if (called) trigger = called->workflow->on.find("workflow_call");
  if (trigger && trigger->token) {
    for (const auto& [key, value] : trigger->token->entries) {
      if (key->text == "inputs") json["input-definitions"] = token(*value);
      if (key->text == "secrets") json["secret-definitions"] = token(*value);
      if (key->text == "outputs") json["outputs"] = token(*value);
    }
  }
  put(json, "input-values", job.with);
  put(json, "secret-values", job.secrets);
  if (job.inherit_secrets) json["inherit-secrets"] = true;
  if (job.concurrency) json["concurrency"] = token(*job.concurrency->token);
  if (called) {
    const auto& workflow = *called->workflow;
    if (workflow.concurrency) json["embedded-concurrency"] = token(*workflow.concurrency->token);
    put(json, "env", workflow.env);
    put(json, "defaults", workflow.defaults.token);
  }
  if (job.strategy) json["strategy"] = token(*job.strategy->token);
  if (called) json["jobs"] = jobs(*called->workflow, called->calls, permissions);
  return json;
}

Json Printer::jobs(
    const Workflow& workflow,
    const CalledWorkflows& called,
    const std::optional<Permissions>& permissions) const {
  Json json = Json::array();
  for (const auto& each : workflow.jobs) {
    if (each.uses.empty()) {
      json.push_back(job(each, permissions));
    } else {
      json.push_back(call(each, permissions, find_call(called, each.id)));
    }
  }
  return json;
}

/// An input, or a secret, with what is written of it. The editor knows no default of a number.
Json described(const Token& definition, bool input) {
  Json json = Json::object();
  if (input) json["type"] = "string";
  for (const auto& [key, value] : definition.entries) {
    const auto& name = key->text;
    if (name == "options") {
      for (const auto& option : value->items) json[name].push_back(option->text);
    } else if (value->kind == Token::Kind::boolean) {
      json[name] = value->boolean;
    } else if (value->kind == Token::Kind::string) {
      json[name] = value->text;
    }
  }
  return json;
}

Json Printer::events(const On& on) const {
  Json json = Json::object();
  for (const auto& event : on.events) {
    auto& entry = json[event.name] = Json::object();
    const std::pair<const char*, const EventTrigger::Patterns*> filters[] = {
        {"branches", &event.branches},
        {"branches-ignore", &event.branches_ignore},
        {"tags", &event.tags},
        {"tags-ignore", &event.tags_ignore},
        {"paths", &event.paths},
        {"paths-ignore", &event.paths_ignore},
        {"types", &event.types},
        {"versions", &event.versions},
        {"names", &event.names},
        {"workflows", &event.workflows}};
    for (const auto& [key, patterns] : filters) {
      if (!*patterns) continue;
      entry[key] = Json::array();
      for (const auto& pattern : **patterns) entry[key].push_back(pattern.text);
    }
    for (const char* group : {"inputs", "secrets"}) {
      const auto* definitions = event.token ? event.token->find(group) : nullptr;
      if (!definitions) continue;
      for (const auto& [name, definition] : definitions->entries) {
        entry[group][name->text] = described(*definition, group == std::string_view("inputs"));
      }
    }
    if (event.name != "schedule") continue;
    entry = Json::array();
    for (const auto& schedule : event.schedules) {
      Json item = {{"cron", schedule.cron}};
      if (!schedule.timezone.empty()) item["timezone"] = schedule.timezone;
      entry.push_back(item);
    }
  }
  return json;
}

/// The types of the inputs of workflow_dispatch.
Json input_types(const On& on) {
  const auto* dispatch = on.find("workflow_dispatch");
  Json json = Json::object();
  if (!dispatch) return json;
  static constexpr const char* types[] = {"string", "boolean", "number", "choice", "environment"};
  for (const auto& input : dispatch->inputs) {
    json[input.name] = types[static_cast<int>(input.type)];
  }
  return json;
}

}  // namespace

Json to_json(
    const Workflow& workflow, const CalledWorkflows& called, const ModelJsonOptions& options) {
  const Printer printer(options);
  Json json = Json::object();
  const auto types = input_types(workflow.on);
  if (!types.empty() && !options.events)
    json["input-types"] = types;  // the parser's, not the editor's
  if (options.events) json["events"] = printer.events(workflow.on);
  if (workflow.permissions) json["permissions"] = Printer::permissions(*workflow.permissions);
  if (workflow.env) json["env"] = printer.token(*workflow.env);
  if (workflow.defaults.token) json["defaults"] = printer.token(*workflow.defaults.token);
  if (workflow.concurrency) json["concurrency"] = printer.token(*workflow.concurrency->token);
  json["jobs"] = printer.jobs(workflow, called, workflow.permissions);
  if (options.source) json["file-table"] = Json::array({workflow.source->path()});
  return json;
}

}  // namespace crun::conformance
