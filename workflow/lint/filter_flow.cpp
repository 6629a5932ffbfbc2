#include "workflow/lint/filter_flow.hpp"

#include <algorithm>
#include <cctype>
#include <utility>

#include <fmt/format.h>

#include "workflow/lint/repository_path.hpp"
#include "workflow/lint/script.hpp"
#include "workflow/yaml/reader.hpp"

namespace crun::workflow {

namespace {

bool same(std::string_view left, std::string_view right) {
  return compare_ignoring_case(left, right) == 0;
}

bool reads(const Expression& expression, const std::string& path) {
  const auto paths = expression.paths();
  return std::any_of(
      paths.begin(), paths.end(), [&](const std::string& each) { return same(each, path); });
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
std::string assigned_name(const Script& script, std::size_t offset) {
  const auto begin = script.line_start(offset);
  auto before = std::string_view(script.text()).substr(begin, offset - begin);
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

// Where a script uses one of its variables: `$NAME` and `${NAME}`.
std::vector<std::size_t> uses_of_variable(std::string_view text, const std::string& name) {
  std::vector<std::size_t> found;
  for (const auto& use : {"$" + name, "${" + name + "}"}) {
    for (auto at = text.find(use); at != std::string_view::npos; at = text.find(use, at + 1)) {
      found.push_back(at);
    }
  }
  return found;
}

void follow_scripts(FilterFlow& flow) {
  for (const auto& step : flow.job->steps) {
    const Script script(step.run.get());
    if (script.text().find("GITHUB_OUTPUT") == std::string::npos) continue;
    std::vector<std::size_t> places;
    for (const auto& found : script.expressions()) {
      if (flow.is_source(found.expression)) places.push_back(found.offset);
    }
    if (step.env) {
      for (const auto& [key, value] : step.env->entries) {
        if (!value->expression || !flow.is_source(*value->expression)) continue;
        const auto uses = uses_of_variable(script.text(), key->text);
        places.insert(places.end(), uses.begin(), uses.end());
      }
    }
    for (const auto place : places) {
      auto name = assigned_name(script, place);
      if (!name.empty()) flow.outputs.push_back({&step, place, std::move(name)});
    }
  }
}

void follow_job_outputs(FilterFlow& flow) {
  if (!flow.job->outputs) return;
  for (const auto& [key, value] : flow.job->outputs->entries) {
    if (!value->expression) continue;
    const auto& expression = *value->expression;
    const bool direct = flow.is_source(expression);
    const bool written =
        std::any_of(flow.outputs.begin(), flow.outputs.end(), [&](const auto& out) {
          return reads(expression, fmt::format("steps.{}.outputs.{}", out.step->id, out.name));
        });
    if (direct || written) flow.job_outputs.push_back(key->text);
  }
}

void follow_matrices(FilterFlow& flow, const Workflow& workflow) {
  for (const auto& job : workflow.jobs) {
    if (!job.strategy || !job.strategy->matrix) continue;
    for (const auto& [key, value] : job.strategy->matrix->entries) {
      if (!value->expression || !value->expression->calls({"fromJSON"})) continue;
      for (const auto& output : flow.job_outputs) {
        const auto path = fmt::format("needs.{}.outputs.{}", flow.job->id, output);
        if (!reads(*value->expression, path)) continue;
        flow.vectors.push_back({&job, key->text, value.get()});
        break;
      }
    }
  }
}

}  // namespace

bool FilterFlow::is_source(const Expression& expression) const {
  return reads(expression, fmt::format("steps.{}.outputs.changes", step->id));
}

std::vector<FilterFlow> find_filter_flows(const Survey& survey) {
  std::vector<FilterFlow> flows;
  for (const auto& place : survey.steps) {
    if (place.action || !place.step->uses.starts_with("dorny/paths-filter@")) continue;
    FilterFlow flow;
    flow.job = place.job;
    flow.step = place.step;
    flow.filters = read_filters(survey, place);
    follow_scripts(flow);
    follow_job_outputs(flow);
    follow_matrices(flow, survey.workflow);
    flows.push_back(std::move(flow));
  }
  return flows;
}

}  // namespace crun::workflow
