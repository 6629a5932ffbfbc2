#include "workflow/lint/filter_flow.hpp"

#include <algorithm>
#include <cctype>
#include <map>
#include <unordered_set>
#include <utility>

#include <fmt/format.h>

#include "workflow/lint/repository_path.hpp"
#include "workflow/lint/script.hpp"
#include "workflow/yaml/reader.hpp"

namespace crun::workflow {

namespace {

// More than people write; what is followed from each costs the length of the scripts or the product
// of their numbers.
constexpr std::size_t most_flows = 20;
constexpr std::size_t most_filters = 200;
constexpr std::size_t most_vectors = 20;

/// Paths in an expression, ignoring case.
using Paths = std::unordered_set<std::string>;

bool reads(const Expression& expression, const Paths& wanted) {
  const auto paths = expression.paths();
  return std::any_of(paths.begin(), paths.end(), [&](const std::string& each) {
    return wanted.contains(fold(each));
  });
}

void add_patterns(const Node& node, std::vector<std::string>& patterns) {
  if (node.kind == Node::Kind::string) patterns.push_back(node.text);
  for (const auto& item : node.items) add_patterns(*item, patterns);
  for (const auto& entry : node.entries) add_patterns(*entry.value, patterns);
}

std::vector<FilterName> read_filters(const Survey& survey, const SurveyedStep& place) {
  const auto* token = place.step->with ? place.step->with->find("filters") : nullptr;
  if (!token || token->kind != Token::Kind::string) return {};
  // The action's own rule: one line without a colon is the path of a file.
  const bool inline_text = token->text.find_first_of(":\n") != std::string::npos;
  const auto path = inline_text ? std::nullopt : resolve_path("", token->text);
  if (!inline_text && !path) return {};
  const auto source =
      inline_text ? std::make_shared<const SourceFile>("filters", token->text) : survey.read(*path);
  if (!source) return {};
  Diagnostics ignored;  // the step itself tells what is wrong with its filters
  const auto root = read_yaml(source, ignored);
  if (!root) return {};
  if (root->entries.size() > most_filters) return {};
  std::vector<FilterName> filters;
  const Script text(token);
  for (const auto& entry : root->entries) {
    FilterName filter{entry.key->text, source, entry.key->span, {}};
    if (inline_text) {
      const auto offset = source->offset(entry.key->span.begin);
      filter.source = place.source;
      filter.span = text.place(offset, entry.key->text.size());
    }
    add_patterns(*entry.value, filter.patterns);
    filters.push_back(std::move(filter));
  }
  return filters;
}

// The name in `echo "services=${{`: what stands before the expression on its line.
std::string assigned_name(std::string_view text, std::size_t offset) {
  auto before = text.substr(0, offset);
  while (!before.empty() && (before.back() == '"' || before.back() == '\'')) {
    before.remove_suffix(1);
  }
  if (!before.ends_with('=')) return {};
  before.remove_suffix(1);
  std::size_t length = 0;
  while (length < before.size()) {
    const auto c = static_cast<unsigned char>(before[before.size() - 1 - length]);
    if (!std::isalnum(c) && c != '_' && c != '-') break;
    ++length;
  }
  return std::string(before.substr(before.size() - length));
}

// Where a script uses one of these variables: `$NAME` and `${NAME}`.
std::vector<std::size_t> uses_of_variables(std::string_view text, const Paths& names) {
  std::vector<std::size_t> found;
  for (auto at = text.find('$'); at != std::string_view::npos; at = text.find('$', at + 1)) {
    const bool braces = text.substr(at + 1).starts_with('{');
    const auto begin = at + (braces ? 2 : 1);
    auto end = begin;
    while (end < text.size() &&
           (std::isalnum(static_cast<unsigned char>(text[end])) != 0 || text[end] == '_')) {
      ++end;
    }
    const bool closed = !braces || text.substr(end).starts_with('}');
    if (closed && names.contains(std::string(text.substr(begin, end - begin)))) {
      found.push_back(at);
    }
  }
  return found;
}

/// The scripts of a job that write outputs.
using WritingScripts = std::vector<std::pair<const Step*, Script>>;

WritingScripts writing_scripts(const Job& job) {
  WritingScripts scripts;
  for (const auto& step : job.steps) {
    if (!step.run) continue;
    const auto& text = step.run->raw.empty() ? step.run->text : step.run->raw;
    if (text.find("GITHUB_OUTPUT") == std::string::npos) continue;
    scripts.emplace_back(&step, Script(step.run.get()));
  }
  return scripts;
}

void follow_scripts(FilterFlow& flow, const WritingScripts& scripts) {
  for (const auto& [step, script] : scripts) {
    std::vector<std::size_t> places;
    for (const auto& found : script.expressions()) {
      if (flow.is_source(found.expression)) places.push_back(found.offset);
    }
    Paths variables;
    if (step->env) {
      for (const auto& [key, value] : step->env->entries) {
        if (value->expression && flow.is_source(*value->expression)) variables.insert(key->text);
      }
    }
    if (!variables.empty()) {
      const auto uses = uses_of_variables(script.text(), variables);
      places.insert(places.end(), uses.begin(), uses.end());
    }
    for (const auto place : places) {
      auto name = assigned_name(script.text(), place);
      if (!name.empty()) flow.outputs.push_back({step, place, std::move(name)});
    }
  }
}

void follow_job_outputs(FilterFlow& flow) {
  if (!flow.job->outputs) return;
  Paths names = {flow.source_path()};
  for (const auto& out : flow.outputs) {
    names.insert(fold(fmt::format("steps.{}.outputs.{}", out.step->id, out.name)));
  }
  for (const auto& [key, value] : flow.job->outputs->entries) {
    if (value->expression && reads(*value->expression, names))
      flow.job_outputs.push_back(key->text);
  }
}

void follow_matrices(FilterFlow& flow, const Workflow& workflow) {
  if (flow.job_outputs.empty()) return;
  Paths names;
  for (const auto& output : flow.job_outputs) {
    names.insert(fold(fmt::format("needs.{}.outputs.{}", flow.job->id, output)));
  }
  for (const auto& job : workflow.jobs) {
    if (!job.strategy || !job.strategy->matrix) continue;
    for (const auto& [key, value] : job.strategy->matrix->entries) {
      if (flow.vectors.size() == most_vectors) return;
      if (!value->expression || !value->expression->calls({"fromJSON"})) continue;
      if (reads(*value->expression, names)) flow.vectors.push_back({&job, key->text, value.get()});
    }
  }
}

}  // namespace

std::string FilterFlow::source_path() const {
  return fold(fmt::format("steps.{}.outputs.changes", step->id));
}

bool FilterFlow::is_source(const Expression& expression) const {
  return reads(expression, {source_path()});
}

std::vector<FilterFlow> find_filter_flows(const Survey& survey) {
  std::vector<FilterFlow> flows;
  std::map<const Job*, WritingScripts> scripts;
  for (const auto& place : survey.steps) {
    if (place.action || !place.step->uses.starts_with("dorny/paths-filter@")) continue;
    if (flows.size() == most_flows) break;
    FilterFlow flow;
    flow.job = place.job;
    flow.step = place.step;
    flow.filters = read_filters(survey, place);
    const auto [written, is_new] = scripts.try_emplace(place.job);
    if (is_new) written->second = writing_scripts(*place.job);
    follow_scripts(flow, written->second);
    follow_job_outputs(flow);
    follow_matrices(flow, survey.workflow);
    flows.push_back(std::move(flow));
  }
  return flows;
}

}  // namespace crun::workflow
