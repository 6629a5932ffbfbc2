#include "workflow/lint/filter_check.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "workflow/lint/repository_path.hpp"
#include "workflow/lint/script.hpp"

namespace crun::workflow {

namespace {

/// A value like `${{ matrix.service }}` or `./${{ matrix.service }}/src` where a folder is wanted.
struct FolderUse {
  const Token* token = nullptr;
  std::string what;  // "working-directory", "context"
  std::string before, after;
  bool always = true;  // no `if:` stands in the way
};

// The text around the expression, if the value is made of this one vector and nothing else.
std::optional<FolderUse> folder_use(
    const Token* token, const std::string& vector, std::string what, bool always) {
  if (!token || token->kind != Token::Kind::expression) return std::nullopt;
  const Script text(token);
  if (text.expressions().size() != 1) return std::nullopt;
  const auto& found = text.expressions().front();
  const auto paths = found.expression.paths();
  const bool plain = paths.size() == 1 && !found.expression.calls({"format", "join", "fromJSON"}) &&
                     compare_ignoring_case(paths.front(), "matrix." + vector) == 0;
  if (!plain) return std::nullopt;
  FolderUse use;
  use.token = token;
  use.what = std::move(what);
  use.before = text.text().substr(0, found.offset);
  use.after = text.text().substr(found.offset + found.length);
  use.always = always;
  return use;
}

bool has_author_condition(const Step& step) {
  return step.condition && !step.condition->text.empty();
}

std::vector<FolderUse> folder_uses(const NamesVector& vector) {
  std::vector<FolderUse> uses;
  const auto add = [&](const Token* token, std::string what, bool always) {
    auto use = folder_use(token, vector.name, std::move(what), always);
    if (use) uses.push_back(std::move(*use));
  };
  add(vector.job->defaults.working_directory.get(), "working-directory", true);
  for (const auto& step : vector.job->steps) {
    const bool always = !has_author_condition(step);
    add(step.working_directory.get(), "working-directory", always);
    if (step.with && step.uses.starts_with("docker/build-push-action@")) {
      add(step.with->find("context"), "context", always);
    }
  }
  return uses;
}

// Folders of the repository need not be where the job looks if it checks out elsewhere.
bool checks_out_as_usual(const Job& job) {
  return std::all_of(job.steps.begin(), job.steps.end(), [](const Step& step) {
    const bool checkout = step.uses.starts_with("actions/checkout@");
    return !checkout || !step.with || (!step.with->find("path") && !step.with->find("repository"));
  });
}

// "services/node/api-node" of "services/node/api-node/**".
std::string folder_of_pattern(std::string_view pattern) {
  const auto glob = pattern.find_first_of("*?[{!");
  return std::string(folder_of(pattern.substr(0, glob)));
}

/// A folder of this name below which a pattern looks; those of the filter itself come first.
std::string folder_named(
    const FilterName& wanted, const std::vector<FilterName>& filters, const ProjectFacts& facts) {
  std::string found;
  const auto look = [&](const FilterName& filter) {
    for (const auto& pattern : filter.patterns) {
      const auto folder = folder_of_pattern(pattern);
      const bool fits = name_of(folder) == wanted.name && facts.is_directory(folder);
      if (found.empty() && fits) found = folder;
    }
  };
  look(wanted);
  for (const auto& filter : filters) look(filter);
  return found;
}

class FilterNamesCheck {
 public:
  FilterNamesCheck(const Survey& survey, const FilterFlow& flow) : survey_(survey), flow_(flow) {}

  void run() {
    for (const auto& vector : flow_.vectors) {
      if (!checks_out_as_usual(*vector.job)) continue;
      const auto uses = folder_uses(vector);
      if (!uses.empty()) check(vector, uses);
    }
  }

 private:
  bool missing(const FilterName& filter, const FolderUse& use) const {
    const auto path = resolve_path("", use.before + filter.name + use.after);
    return path && !survey_.facts.is_directory(*path);
  }

  void check(const NamesVector& vector, const std::vector<FolderUse>& uses) {
    std::vector<const FilterName*> bad;
    for (const auto& filter : flow_.filters) {
      if (missing(filter, uses.front())) bad.push_back(&filter);
    }
    if (bad.empty()) return;
    // Where every name is wrong every leg fails; where some are, those may be meant to be skipped.
    const bool certain =
        bad.size() == flow_.filters.size() &&
        std::any_of(uses.begin(), uses.end(), [](const FolderUse& use) { return use.always; });
    std::vector<std::string> names;
    for (const auto* filter : bad) names.push_back("'" + filter->name + "'");
    Diagnostic found;
    found.severity = certain ? Severity::error : Severity::warning;
    found.code = "filter-folder";
    found.source = bad.front()->source;
    found.span = bad.front()->span;
    found.message = fmt::format(
        "the filter names {} become matrix.{} and are used as folders, but there are no such "
        "folders",
        fmt::join(names, ", "),
        vector.name);
    for (const auto& use : uses) {
      found.notes.push_back(
          {use.token->source, use.token->span, fmt::format("used as {}", use.what)});
    }
    found.notes.push_back(
        {vector.token->source, vector.token->span, "the names enter the matrix here"});
    found.help = cure(bad);
    survey_.diagnostics.add(std::move(found));
  }

  std::string cure(const std::vector<const FilterName*>& bad) const {
    std::string renames;
    for (const auto* filter : bad) {
      const auto folder = folder_named(*filter, flow_.filters, survey_.facts);
      if (!folder.empty()) renames += fmt::format("\n  {} -> {}", filter->name, folder);
    }
    if (renames.empty()) return "name each filter by the path of its folder";
    return "name each filter by the path of its folder:" + renames;
  }

  const Survey& survey_;
  const FilterFlow& flow_;
};

// Between these quotes the shell takes those of the JSON for its own.
bool loses_quotes(Quoting quoting) {
  return quoting == Quoting::plain || quoting == Quoting::doubled;
}

bool is_posix_shell(const Survey& survey, const SurveyedStep& place) {
  const auto* shell = place.step->shell.get();
  if (!shell && !place.action) {
    shell = place.job->defaults.shell.get();
    if (!shell) shell = survey.workflow.defaults.shell.get();
  }
  return !shell || shell->text.starts_with("bash") || shell->text.starts_with("sh");
}

// The line with its only pair of double quotes made single ones; empty if that would change more
// than the JSON, since the shell then leaves variables alone.
std::string with_single_quotes(std::string_view line) {
  auto fixed = std::string(line.substr(std::min(line.find_first_not_of(" \t"), line.size())));
  if (std::count(fixed.begin(), fixed.end(), '"') != 2) return {};
  const auto first = fixed.find('"');
  const auto last = fixed.rfind('"');
  for (auto at = first + 1; at < last; ++at) {
    const bool expression = fixed.compare(at, 3, "${{") == 0;
    if (expression) at = std::min(fixed.find("}}", at), last);
    const char c = fixed[at];
    if (c == '$' || c == '`' || c == '\'' || c == '\\') return {};
  }
  fixed[first] = fixed[last] = '\'';
  return fixed;
}

void report_quoting(
    const Survey& survey,
    const SurveyedStep& place,
    const Script& script,
    const ScriptExpression& found,
    bool certain) {
  Diagnostic finding;
  finding.severity = certain ? Severity::error : Severity::warning;
  finding.code = "json-quotes";
  finding.source = place.source;
  finding.span = script.place(found.offset, found.length);
  finding.message = fmt::format(
      "this JSON loses its quotes: the shell removes them from [\"a\",\"b\"] {}, and [a,b] is no "
      "JSON",
      found.quoting == Quoting::doubled ? "between double quotes" : "where nothing quotes them");
  const auto fixed = with_single_quotes(script.line_at(found.offset));
  finding.help = fixed.empty() ? "put single quotes around it, or hand it over through env:"
                               : "use single quotes: " + fixed;
  survey.diagnostics.add(std::move(finding));
}

// Whether the JSON of a paths filter that is written here ends in fromJSON, which then fails.
bool is_parsed_later(const FilterFlow& flow, const Step& step, std::size_t offset) {
  if (flow.vectors.empty()) return false;
  return std::any_of(flow.outputs.begin(), flow.outputs.end(), [&](const NamesOutput& output) {
    return output.step == &step && output.offset == offset;
  });
}

}  // namespace

void check_filter_names(const Survey& survey, const std::vector<FilterFlow>& flows) {
  if (!survey.facts.is_directory) return;
  for (const auto& flow : flows) FilterNamesCheck(survey, flow).run();
}

void check_json_quoting(const Survey& survey, const std::vector<FilterFlow>& flows) {
  for (const auto& place : survey.steps) {
    if (!place.step->run || !is_posix_shell(survey, place)) continue;
    const Script script(place.step->run.get());
    for (const auto& found : script.expressions()) {
      if (!loses_quotes(found.quoting)) continue;
      const auto flow = std::find_if(flows.begin(), flows.end(), [&](const FilterFlow& each) {
        return !place.action && each.job == place.job && each.is_source(found.expression);
      });
      const bool names = flow != flows.end();
      const bool parsed = names && is_parsed_later(*flow, *place.step, found.offset);
      const bool kept = script.line_at(found.offset).find("GITHUB_OUTPUT") != std::string::npos;
      const bool json = names || found.expression.calls({"toJSON"});
      if (parsed || (kept && json)) report_quoting(survey, place, script, found, parsed);
    }
  }
}

}  // namespace crun::workflow
