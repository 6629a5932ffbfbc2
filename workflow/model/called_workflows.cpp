#include "workflow/model/called_workflows.hpp"

#include <algorithm>
#include <optional>
#include <set>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "workflow/expression/value.hpp"
#include "workflow/model/settings_reader.hpp"
#include "workflow/model/uses.hpp"
#include "workflow/source/spelling.hpp"

namespace crun::workflow {

namespace {

/// Entries of `with` or `secrets`, found ignoring case.
class Given {
 public:
  explicit Given(const TokenPtr& mapping) {
    if (!mapping) return;
    for (const auto& [key, value] : mapping->entries) values_.emplace(fold(text_of(key)), &value);
  }

  const TokenPtr* find(std::string_view name) const {
    const auto found = values_.find(fold(name));
    return found == values_.end() ? nullptr : found->second;
  }

 private:
  std::unordered_map<std::string, const TokenPtr*> values_;
};

class CallCheck {
 public:
  CallCheck(const Workflow& caller, const Job& job, Diagnostics& diagnostics)
      : caller_(caller), job_(job), diagnostics_(diagnostics) {}

  /// Is it made to be called, and are inputs and secrets what it asks for?
  void trigger(const Workflow& called);
  void permissions(
      const Permissions& requested, const PermissionLevels& allowed, const std::string& who);

 private:
  void inputs(const EventTrigger& trigger);
  void check_type(const InputDefinition& input, const Token& value);
  void secrets(const EventTrigger& trigger);
  template <typename Definitions>
  void undefined(const TokenPtr& given, const Definitions& definitions, std::string_view what);

  Diagnostic& error(const SourcePtr& source, Span span, std::string message) {
    return diagnostics_.error(source, span, "call", std::move(message));
  }

  const Workflow& caller_;
  const Job& job_;
  Diagnostics& diagnostics_;
};

void CallCheck::trigger(const Workflow& called) {
  const auto* trigger = called.on.find("workflow_call");
  if (!trigger) {
    error(
        called.source,
        called.on.span,
        "workflow_call key is not defined in the referenced workflow.")
        .help = "a workflow that can be called has `workflow_call:` below `on:`";
    return;
  }
  inputs(*trigger);
  secrets(*trigger);
}

void CallCheck::inputs(const EventTrigger& trigger) {
  const Given with(job_.with);
  for (const auto& input : trigger.inputs) {
    if (input.default_value) check_type(input, *input.default_value);
    if (const auto* given = with.find(input.name)) {
      check_type(input, **given);
    } else if (input.required) {
      error(
          caller_.source,
          job_.uses_span,
          fmt::format("Input {} is required, but not provided while calling.", input.name))
          .help = fmt::format("add `{}:` below `with:`", input.name);
    }
  }
  undefined(job_.with, trigger.inputs, "input");
}

void CallCheck::check_type(const InputDefinition& input, const Token& value) {
  using Type = InputDefinition::Type;
  if (value.kind == Token::Kind::expression) return;  // known when it is evaluated
  const bool fits = input.type == Type::boolean  ? value.kind == Token::Kind::boolean
                    : input.type == Type::number ? value.kind == Token::Kind::number
                                                 : true;
  if (fits) return;
  const auto text = value.kind == Token::Kind::boolean
                        ? std::string(value.boolean ? "true" : "false")
                    : value.kind == Token::Kind::number ? format_number(value.number)
                                                        : value.text;
  error(value.source, value.span, fmt::format("Unexpected value '{}'", text)).help = fmt::format(
      "the input '{}' is a {}", input.name, input.type == Type::boolean ? "boolean" : "number");
}

void CallCheck::secrets(const EventTrigger& trigger) {
  if (job_.inherit_secrets) return;
  const Given given(job_.secrets);
  for (const auto& secret : trigger.secrets) {
    if (!secret.required || given.find(secret.name)) continue;
    error(
        caller_.source,
        job_.uses_span,
        fmt::format("Secret {} is required, but not provided while calling.", secret.name))
        .help = fmt::format("add `{}:` below `secrets:`, or `secrets: inherit`", secret.name);
  }
  undefined(job_.secrets, trigger.secrets, "secret");
}

template <typename Definitions>
void CallCheck::undefined(
    const TokenPtr& given, const Definitions& definitions, std::string_view what) {
  if (!given) return;
  std::vector<std::string> names;
  std::unordered_set<std::string> known;
  constexpr int most_suggestions = 10;  // each looks at all names
  int unknown = 0;
  for (const auto& definition : definitions) {
    names.push_back(definition.name);
    known.insert(fold(definition.name));
  }
  for (const auto& [key, value] : given->entries) {
    const auto name = text_of(key);
    if (known.contains(fold(name))) continue;
    auto& finding = error(
        value->source,
        value->span,
        fmt::format("Invalid {}, {} is not defined in the referenced workflow.", what, name));
    if (++unknown > most_suggestions) continue;
    if (const auto similar = nearest(name, names)) {
      finding.help = fmt::format("did you mean `{}`?", *similar);
    }
  }
}

void CallCheck::permissions(
    const Permissions& requested, const PermissionLevels& allowed, const std::string& who) {
  const auto exceeded = allowed.exceeded_by(PermissionLevels(requested));
  if (exceeded.empty()) return;
  std::vector<std::string> wanted;
  std::vector<std::string> granted;
  for (const auto& [want, grant] : exceeded) {
    wanted.push_back(want);
    granted.push_back(grant);
  }
  error(
      caller_.source,
      job_.span,
      fmt::format(
          "Error calling workflow '{}'. The {} is requesting '{}', but is only allowed '{}'.",
          job_.uses,
          who,
          fmt::join(wanted, ", "),
          fmt::join(granted, ", ")))
      .help = fmt::format("give job '{}' these permissions: {}", job_.id, fmt::join(wanted, ", "));
}

class CallReader {
 public:
  CallReader(const CallOptions& options, Diagnostics& diagnostics)
      : options_(options), diagnostics_(diagnostics) {}

  CalledWorkflows read(
      const Workflow& caller, const std::optional<Permissions>& permissions, int depth);

 private:
  std::optional<CalledWorkflow> read_call(
      const Workflow& caller,
      const Job& job,
      const std::optional<Permissions>& permissions,
      int depth);
  WorkflowPtr load(const std::string& reference, const Workflow& caller, const Job& job);
  void check(
      const Workflow& caller,
      const Job& job,
      const Workflow& called,
      const std::optional<Permissions>& permissions);
  bool failed() const { return diagnostics_.has_errors(); }

  const CallOptions& options_;
  Diagnostics& diagnostics_;
  std::set<std::string> files_;
  std::vector<std::string> path_;  // from the first workflow to the one that is being read
};

/// What is called by `./path` in a workflow of another repository lies there, at the same version.
std::string full_reference(const Workflow& caller, const std::string& uses) {
  const auto called = parse_uses(uses);
  const auto from = parse_uses(caller.source->path());
  const bool here = called && called->kind != UsesReference::Kind::remote;
  if (!here || !from || from->kind != UsesReference::Kind::remote) return uses;
  return fmt::format("{}/{}@{}", from->full_name(), called->path, from->version);
}

CalledWorkflows CallReader::read(
    const Workflow& caller, const std::optional<Permissions>& permissions, int depth) {
  CalledWorkflows calls;
  for (const auto& job : caller.jobs) {
    if (job.uses.empty()) continue;
    const auto& granted = job.permissions ? job.permissions : permissions;
    auto call = read_call(caller, job, granted, depth);
    if (!call || failed()) break;
    calls.push_back(std::move(*call));
  }
  return calls;
}

std::optional<CalledWorkflow> CallReader::read_call(
    const Workflow& caller,
    const Job& job,
    const std::optional<Permissions>& permissions,
    int depth) {
  if (depth > options_.depth) {
    diagnostics_.error(
        nullptr,
        {},
        "call",
        fmt::format("Nested reusable workflow depth exceeded {}.", options_.depth));
    return {};
  }
  CalledWorkflow call{job.id, full_reference(caller, job.uses), nullptr, {}};
  if (std::find(path_.begin(), path_.end(), call.reference) != path_.end()) {
    diagnostics_
        .error(
            caller.source,
            job.uses_span,
            "call",
            fmt::format("Nested reusable workflow depth exceeded {}.", options_.depth))
        .help =
        fmt::format("the calls go round: {} -> {}", fmt::join(path_, " -> "), call.reference);
    return {};
  }
  Diagnostics findings;
  std::swap(findings, diagnostics_);
  call.workflow = load(call.reference, caller, job);
  if (call.workflow && !failed()) check(caller, job, *call.workflow, permissions);
  std::swap(findings, diagnostics_);
  for (auto finding : findings.all()) {
    const bool elsewhere = finding.source != caller.source;
    if (elsewhere) finding.notes.push_back({caller.source, job.uses_span, "called from here"});
    diagnostics_.add(std::move(finding));
  }
  diagnostics_.count_left_out(findings);
  if (!call.workflow || failed()) return {};
  const auto& granted = call.workflow->permissions ? call.workflow->permissions : permissions;
  path_.push_back(call.reference);
  call.calls = read(*call.workflow, granted, depth + 1);
  path_.pop_back();
  return call;
}

WorkflowPtr CallReader::load(const std::string& reference, const Workflow& caller, const Job& job) {
  files_.insert(reference);
  if (files_.size() + 1 > options_.files) {
    diagnostics_.error(
        nullptr,
        {},
        "limit",
        fmt::format("The maximum file count of {} has been exceeded", options_.files));
    return nullptr;
  }
  const auto source = options_.find(reference);
  if (!source) {
    const bool warning = options_.may_be_missing && options_.may_be_missing(reference);
    diagnostics_.add(
        {warning ? Severity::warning : Severity::error,
         "call",
         caller.source,
         job.uses_span,
         fmt::format("Unable to find reusable workflow '{}'", reference),
         {},
         {}});
    return nullptr;
  }
  return read_workflow(source, diagnostics_, options_.reading);
}

void CallReader::check(
    const Workflow& caller,
    const Job& job,
    const Workflow& called,
    const std::optional<Permissions>& permissions) {
  CallCheck check(caller, job, diagnostics_);
  check.trigger(called);
  const auto allowed =
      permissions ? PermissionLevels(*permissions) : PermissionLevels(options_.policy);
  if (called.permissions) {
    check.permissions(*called.permissions, allowed, fmt::format("workflow '{}'", job.uses));
  }
  for (const auto& nested : called.jobs) {
    if (!nested.permissions) continue;
    const auto name = text_of(nested.name);
    check.permissions(
        *nested.permissions,
        allowed,
        fmt::format("nested job '{}'", name.empty() ? nested.id : name));
  }
}

}  // namespace

const CalledWorkflow* find_call(const CalledWorkflows& calls, std::string_view job) {
  const auto found = std::find_if(
      calls.begin(), calls.end(), [&](const CalledWorkflow& call) { return call.job == job; });
  return found == calls.end() ? nullptr : &*found;
}

CalledWorkflows read_called_workflows(
    const Workflow& workflow, const CallOptions& options, Diagnostics& diagnostics) {
  CallReader reader(options, diagnostics);
  return reader.read(workflow, workflow.permissions, 1);
}

}  // namespace crun::workflow
