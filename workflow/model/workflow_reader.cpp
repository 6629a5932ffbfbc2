#include "workflow/model/workflow_reader.hpp"

#include <memory>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "workflow/model/job_reader.hpp"
#include "workflow/model/schema.hpp"
#include "workflow/model/settings_reader.hpp"
#include "workflow/model/token_reader.hpp"
#include "workflow/model/trigger_reader.hpp"
#include "workflow/plan/graph.hpp"
#include "workflow/yaml/reader.hpp"

namespace crun::workflow {

namespace {

/// Without `runs-on` a job runs wherever `crun` stands: the lenient reading.
void allow_missing_runs_on(Diagnostics& findings) {
  Diagnostics kept;
  for (auto finding : findings.all()) {
    if (finding.message == "Required property is missing: runs-on") {
      finding.severity = Severity::warning;
      finding.help = "GitHub refuses a job without runs-on; here it runs on this machine";
    }
    kept.add(std::move(finding));
  }
  kept.count_left_out(findings);
  findings = std::move(kept);
}

void read_root(
    Workflow& workflow,
    const Token& root,
    std::size_t most_jobs,
    ReadingBudget& budget,
    Diagnostics& diagnostics) {
  for (const auto& [key, value] : root.entries) {
    const auto name = text_of(key);
    if (name == "name") workflow.name = text_of(value);
    if (name == "run-name") workflow.run_name = value;
    if (name == "on") workflow.on = read_on(*value, diagnostics);
    if (name == "env") workflow.env = value;
    if (name == "defaults") workflow.defaults = read_run_defaults(value);
    if (name == "permissions") workflow.permissions = read_permissions(*value);
    if (name == "concurrency") workflow.concurrency = read_concurrency(value, diagnostics);
    if (name == "jobs") {
      const auto before = diagnostics.count(Severity::error);
      workflow.jobs = read_jobs(*value, {most_jobs, &budget.jobs}, diagnostics);
      if (diagnostics.count(Severity::error) == before) {
        make_graph(workflow, diagnostics);
      }
    }
  }
}

}  // namespace

WorkflowPtr read_workflow(
    const SourcePtr& source, Diagnostics& diagnostics, const WorkflowReaderOptions& options) {
  if (utf16_units(source->text()) > options.characters) {
    // GitHub says it without a place, and with the path in the sentence.
    diagnostics.error(
        nullptr,
        {},
        "limit",
        fmt::format(
            "{}: The maximum file size of {} characters has been exceeded",
            source->path(),
            options.characters));
    return nullptr;
  }
  YamlLimits limits;
  limits.depth = 2 * options.depth;  // the token reader tells the limit in its words
  limits.refuse_duplicate_keys = false;
  const auto errors_before = diagnostics.count(Severity::error);
  const auto has_errors = [&] { return diagnostics.count(Severity::error) > errors_before; };
  const auto node = read_yaml(source, diagnostics, limits);
  if (!node) return nullptr;

  ReadingBudget own_budget;
  auto& budget = options.budget ? *options.budget : own_budget;
  TokenReaderOptions reading;
  reading.lenient = options.lenient;
  reading.strict = options.strict;
  reading.exact_places = options.exact_places;
  reading.terse = options.keep_going;
  reading.background_steps = options.background_steps;
  reading.depth = options.depth;
  reading.bytes = options.bytes;
  Diagnostics findings;
  const auto root = read_tokens(source, *node, schema::workflow, findings, reading, &budget.bytes);
  if (options.lenient) allow_missing_runs_on(findings);
  diagnostics.append(findings);
  if (!root || root->kind != Token::Kind::mapping) return nullptr;
  if (has_errors() && !options.keep_going) return nullptr;

  auto workflow = std::make_shared<Workflow>();
  workflow->source = source;
  read_root(*workflow, *root, options.jobs, budget, diagnostics);
  if (has_errors() && !options.keep_going) return nullptr;
  return workflow;
}

}  // namespace crun::workflow
