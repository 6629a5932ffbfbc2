#include "workflow/lint/survey.hpp"

#include <algorithm>
#include <utility>

#include "workflow/lint/repository_path.hpp"
#include "workflow/model/uses.hpp"

namespace crun::workflow {

Survey::Survey(
    const Workflow& of_workflow, const ProjectFacts& with_facts, Diagnostics& to_diagnostics)
    : workflow(of_workflow), facts(with_facts), diagnostics(to_diagnostics) {
  for (const auto& job : workflow.jobs) add_steps(job.steps, job, workflow.source, nullptr);
}

SourcePtr Survey::read(const std::string& path) const {
  return facts.read_file ? facts.read_file(path) : nullptr;
}

void Survey::add_steps(
    const std::vector<Step>& more,
    const Job& job,
    const SourcePtr& source,
    const ActionPtr& action) {
  for (const auto& step : more) {
    steps.push_back({&step, &job, source, action});
    add_steps(step.parallel, job, source, action);
    const auto uses = parse_uses(step.uses);
    const bool local = uses && (uses->kind == UsesReference::Kind::local ||
                                uses->kind == UsesReference::Kind::self);
    if (!local) continue;
    if (const auto path = resolve_path("", uses->path)) add_action(*path, job);
  }
}

void Survey::add_action(const std::string& path, const Job& job) {
  if (std::find(actions_.begin(), actions_.end(), path) != actions_.end()) return;
  actions_.push_back(path);
  SourcePtr source;
  for (const char* name : {"action.yml", "action.yaml"}) {
    if (!source) source = read(join_path(path, name));
  }
  if (!source) return;  // a Dockerfile, or made while the job runs
  Diagnostics findings;
  const auto action = read_action(source, findings);
  for (auto finding : findings.all()) {
    // The action is read when its step runs: what is wrong with it fails that step, not the run.
    if (finding.severity == Severity::error) finding.severity = Severity::warning;
    diagnostics.add(std::move(finding));
  }
  if (action) add_steps(action->steps, job, source, action);
}

}  // namespace crun::workflow
