#include "executor/context/contexts.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <memory>
#include <optional>
#include <string_view>

#include <sys/utsname.h>

#include "executor/context/apart.hpp"
#include "executor/net/credentials.hpp"
#include "workflow/plan/condition.hpp"
#include "workflow/source/unicode.hpp"

namespace crun::executor {

using workflow::Object;
using workflow::Scope;
using workflow::Value;

namespace {

// Members of the github context that become GITHUB_* variables (GitHub's allow list).
constexpr std::array exported_members = {
    "action",
    "action_path",
    "action_ref",
    "action_repository",
    "actor",
    "actor_id",
    "api_url",
    "base_ref",
    "event_name",
    "event_path",
    "graphql_url",
    "head_ref",
    "job",
    "ref",
    "ref_name",
    "ref_protected",
    "ref_type",
    "repository",
    "repository_id",
    "repository_owner",
    "repository_owner_id",
    "retention_days",
    "run_attempt",
    "run_id",
    "run_number",
    "server_url",
    "sha",
    "triggering_actor",
    "workflow",
    "workflow_ref",
    "workflow_sha",
    "workspace"};

std::string upper(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), [](unsigned char byte) {
    return static_cast<char>(std::toupper(byte));
  });
  return out;
}

std::string_view architecture() {
  static const utsname names = [] {
    utsname found{};
    ::uname(&found);
    return found;
  }();
  const std::string_view machine = names.machine;
  if (machine == "x86_64") return "X64";
  if (machine == "aarch64") return "ARM64";
  if (machine.starts_with("arm")) return "ARM";
  return "X86";
}

Object env_object(const Environment& env) {
  Object object(true);  // case-sensitive on Linux
  for (const auto& [name, value] : env) object.set(name, value);
  return object;
}

/// A folder of the job as programs at that place see it.
std::string seen(const ContextSources& sources, const std::string& path, Where where) {
  return where == Where::machine ? path : sources.place.paths.inside(path);
}

/// What the github context says of the job and the step.
Object own_github_members(
    const ContextSources& sources,
    const StepFrame& frame,
    const ActionIdentity& action,
    Where where) {
  Object github;
  github.set("job", sources.job.job->id);
  github.set("workspace", seen(sources, sources.folders.workspace, where));
  github.set("event_path", seen(sources, sources.folders.event_path, where));
  github.set("action", action.step);
  github.set("action_path", seen(sources, frame.action_path, where));
  github.set("action_repository", action.repository);
  github.set("action_ref", action.ref);
  if (frame.composite()) github.set("action_status", workflow::to_string(frame.action_status));
  return github;
}

Object github_object(
    const ContextSources& sources, const StepFrame& frame, const ActionIdentity& action) {
  Object github = sources.run.github;
  for (const auto& [name, value] : own_github_members(sources, frame, action, Where::steps)) {
    github.set(name, value);
  }
  if (action.step.empty()) return github;
  const auto& folder = sources.folders.file_commands;
  const auto* files = sources.files.next(folder, sources.place.in_container);
  if (files == nullptr) return github;
  for (auto& [name, path] : files->paths(seen(sources, folder, Where::steps))) {
    github.set(name, std::move(path));
  }
  return github;
}

Object runner_object(const ContextSources& sources, Where where = Where::steps) {
  Object runner;
  runner.set("name", "crun");
  runner.set("os", "Linux");
  runner.set("arch", architecture());
  runner.set("temp", seen(sources, sources.folders.temp, where));
  runner.set("tool_cache", seen(sources, sources.folders.tool_cache, where));
  runner.set("workspace", seen(sources, sources.folders.runner_folder, where));
  runner.set("environment", "self-hosted");
  if (sources.run.debug) runner.set("debug", "1");
  return runner;
}

Object job_object(const ContextSources& sources) {
  Object job = sources.run.job;
  job.set("status", workflow::to_string(sources.state.status));
  if (!sources.place.container.empty()) job.set("container", sources.place.container);
  if (!sources.place.services.empty()) job.set("services", sources.place.services);
  return job;
}

/// What the contexts of a step are made of.
struct ContextOrigin {
  const ContextSources& sources;
  const StepFrame& frame;
  const Environment& env;
  ActionIdentity action;
};

struct LateContext {
  const char* name;
  bool in_composite;
  Value (*make)(const ContextOrigin& of);
};

// In the order in which errors list them.
constexpr LateContext late_contexts[] = {
    {"env", true, [](const ContextOrigin& of) -> Value { return env_object(of.env); }},
    {"github",
     true,
     [](const ContextOrigin& of) -> Value {
       return github_object(of.sources, of.frame, of.action);
     }},
    {"inputs",
     true,
     [](const ContextOrigin& of) -> Value {
       return of.frame.composite() ? of.frame.inputs : of.sources.run.inputs;
     }},
    {"job", true, [](const ContextOrigin& of) -> Value { return job_object(of.sources); }},
    {"matrix", true, [](const ContextOrigin& of) { return of.sources.job.matrix; }},
    {"needs", false, [](const ContextOrigin& of) { return of.sources.job.needs; }},
    {"runner", true, [](const ContextOrigin& of) -> Value { return runner_object(of.sources); }},
    {"secrets", false, [](const ContextOrigin& of) -> Value { return of.sources.run.secrets; }},
    {"steps", true, [](const ContextOrigin& of) -> Value { return of.frame.steps; }},
    {"strategy", true, [](const ContextOrigin& of) { return of.sources.job.strategy; }},
    {"vars", false, [](const ContextOrigin& of) -> Value { return of.sources.run.vars; }},
};

std::vector<std::string> context_names(bool composite) {
  std::vector<std::string> names;
  for (const auto& context : late_contexts) {
    if (context.in_composite || !composite) names.emplace_back(context.name);
  }
  return names;
}

/// The contexts that there are, nothing in them yet.
Object unmade_contexts(bool composite) {
  Object contexts;
  for (auto& name : context_names(composite)) contexts.set(std::move(name), Value());
  return contexts;
}

/// Each context once, and only those that are read: a run has many steps and few expressions.
class MadeContexts {
 public:
  explicit MadeContexts(ContextOrigin origin) : origin_(std::move(origin)) {}

  const Value& get(std::string_view name) {
    std::size_t at = 0;
    while (!workflow::equal_ignoring_case(late_contexts[at].name, name)) ++at;
    if (!made_[at]) made_[at] = late_contexts[at].make(origin_);
    return *made_[at];
  }

 private:
  ContextOrigin origin_;
  std::array<std::optional<Value>, std::size(late_contexts)> made_;
};

/// The env context but for what steps have set in it to choose programs.
void merge_without_choices(Environment& process, const Environment& env, const JobState& state) {
  for (const auto& [name, value] : env) {
    const auto* of_job = state.env.find(name);
    const bool of_steps =
        state.env_of_steps.contains(name) && of_job != nullptr && *of_job == value;
    if (!of_steps || !chooses_programs(name)) process.set(name, value);
  }
}

}  // namespace

void remember_step(
    StepFrame& frame,
    const std::string& id,
    const std::vector<std::pair<std::string, std::string>>& outputs,
    Conclusion outcome,
    Conclusion conclusion) {
  if (id.starts_with("__")) return;  // what steps without an id are called
  Object values;
  for (const auto& [name, value] : outputs) values.set(name, value);
  Object step;
  step.set("outputs", Value(std::move(values)));
  step.set("outcome", workflow::to_string(outcome));
  step.set("conclusion", workflow::to_string(conclusion));
  frame.steps.set(id, Value(std::move(step)));
}

ActionIdentity before_it_runs(const StepFrame& frame, const std::string& step) {
  return {frame.composite() ? frame.step : step, frame.action_repository, frame.action_ref};
}

Scope step_scope(
    const ContextSources& sources,
    const StepFrame& frame,
    const Environment& env,
    const ActionIdentity& action) {
  Scope scope;
  auto made = std::make_shared<MadeContexts>(ContextOrigin{sources, frame, env, action});
  static const Object in_job = unmade_contexts(false), in_composite = unmade_contexts(true);
  scope.contexts = frame.composite() ? in_composite : in_job;
  scope.late = [made](std::string_view name) -> const Value& { return made->get(name); };
  return scope;
}

const workflow::ExpressionNames& step_names(bool composite) {
  static const std::vector<workflow::FunctionSignature> functions = {{"hashFiles", 1, 255}};
  static const workflow::ExpressionNames in_job = {context_names(false), functions};
  static const workflow::ExpressionNames in_composite = {context_names(true), functions};
  return composite ? in_composite : in_job;
}

Scope job_scope(const ContextSources& sources, const Object& steps) {
  static const StepFrame no_steps;
  auto scope = step_scope(sources, no_steps, sources.state.env, {});
  if (!steps.empty()) scope.contexts.set("steps", steps);
  return scope;
}

Environment frame_environment(const JobState& state, const StepFrame& frame) {
  Environment env = state.env;
  env.merge(frame.env);
  return env;
}

void set_credentials(Environment& environment, const ContextSources& sources) {
  environment.set("DOCKER_CONFIG", sources.folders.docker_config);
  environment.set("CRUN_CREDENTIALS", sources.folders.credentials);
  if (!is_podman(sources.run.containers.engine)) return;
  const auto file = podman_registries(sources.folders.docker_config);
  if (!file.empty()) environment.set("REGISTRY_AUTH_FILE", file);
}

Environment process_environment(
    const ContextSources& sources,
    const StepFrame& frame,
    const Environment& env,
    const ActionIdentity& action,
    Where where) {
  const bool inside = sources.place.in_container && where == Where::steps;
  Environment process = inside ? sources.place.environment : sources.run.machine_environment;
  if (!inside) {
    process.set("TMPDIR", sources.folders.private_temp);
    set_credentials(process, sources);
    const auto& place = sources.place;
    const bool steps = where == Where::steps;
    if (steps && !place.home.empty()) process.set("HOME", place.home);
    if (steps && !place.docker_config.empty()) process.set("DOCKER_CONFIG", place.docker_config);
  }
  const bool apart = where == Where::machine && is_apart(sources.run, sources.place);
  apart ? merge_without_choices(process, env, sources.state) : process.merge(env);
  auto path = process.get("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
  if (!apart) {
    for (const auto& entry : sources.state.path) path = entry + ":" + path;  // the newest first
  }
  if (!inside) path += ":" + sources.folders.programs;
  process.set("PATH", path);

  const auto own = own_github_members(sources, frame, action, where);
  for (const auto* member : exported_members) {
    const auto* value = own.find(member);
    if (value == nullptr) value = sources.run.github.find(member);
    if (value == nullptr || value->is_null() || value->is_array() || value->is_object()) continue;
    // The path of an action is for composite actions only.
    if (std::string_view(member) == "action_path" && !frame.composite()) continue;
    process.set("GITHUB_" + upper(member), value->to_string());
  }
  for (const auto& [name, value] : runner_object(sources, where)) {
    process.set("RUNNER_" + upper(name), value.to_string());
  }
  if (apart) {
    process.set(apart_variable, "1");
    distrust_repositories(
        process, sources.folders.docker_config + "/hooks", process.get("GITHUB_SERVER_URL"));
  }
  process.set("GITHUB_ACTIONS", "true");
  if (process.find("CI") == nullptr) process.set("CI", "true");
  return process;
}

}  // namespace crun::executor
