#include "workflow/plan/forecast.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <string_view>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "workflow/expression/partial.hpp"
#include "workflow/plan/condition.hpp"

namespace crun::workflow {

namespace {

using Likely = Forecast::Likely;

Conclusion likely_conclusion(Likely likely) {
  return likely == Likely::skipped ? Conclusion::skipped
         : likely == Likely::fails ? Conclusion::failure
                                   : Conclusion::success;
}

/// "steps.x.outputs.y" -> {"steps", "x", "outputs", "y"}.
std::vector<std::string> segments(std::string_view path) {
  std::vector<std::string> parts(1);
  for (const char c : path) {
    if (c == '.') {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  return parts;
}

/// Of a job or step that a path reads: its result is known if it is known whether it runs, and its
/// outputs only if it does not.
bool known_of(const std::vector<std::string>& path, Likely likely) {
  if (likely == Likely::skipped) return true;
  if (likely == Likely::undecided || path.size() < 3) return false;
  return path[2] == "result" || path[2] == "outcome" || path[2] == "conclusion";
}

Value result_object(std::string_view key, Likely likely) {
  Object object;
  const std::string result(to_string(likely_conclusion(likely)));
  object.set(std::string(key), result);
  if (key == "conclusion") object.set("outcome", result);
  object.set("outputs", Value(Object()));
  return Value(std::move(object));
}

bool calls_for_failure(const Expression& expression) {
  return expression.calls({"failure", "cancelled"});
}

/// What of a condition is not known: paths and functions, as people write them.
std::string unknown_parts(const Expression& expression, const Known& known) {
  std::vector<std::string> parts;
  for (const auto& path : expression.paths()) {
    if (!known(path)) parts.push_back(path);
  }
  for (const auto& name : expression.function_names()) {
    if (!known(name + "()")) parts.push_back(name == "hashfiles" ? "hashFiles()" : name + "()");
  }
  return fmt::format("{}", fmt::join(parts, ", "));
}

Forecast forecast(
    const Condition& condition,
    const Scope& scope,
    const Known& known,
    std::string_view what_fails) {
  const auto& expression = condition.expression;
  try {
    const auto holds = truthy_so_far(expression, scope, known);
    const auto text = one_line(condition.text);
    if (!holds) {
      const auto waits_for = unknown_parts(expression, known);
      return {
          Likely::undecided,
          text.empty() ? "decided when what it needs is done"
                       : fmt::format("if: {} hangs on {}", text, waits_for)};
    }
    if (*holds) {
      if (text.empty()) return {Likely::runs, ""};
      return {Likely::runs, reason_of(condition, scope, true, known)};
    }
    auto reason = unknown_parts(expression, known).empty()
                      ? decide(condition, scope).reason
                      : reason_of(condition, scope, false, known);
    if (calls_for_failure(expression)) {
      reason += fmt::format("; decided anew when {} fails or the run is cancelled", what_fails);
    }
    return {Likely::skipped, std::move(reason)};
  } catch (const EvaluationError& error) {
    return {Likely::fails, error.what()};
  }
}

class JobForecasts {
 public:
  JobForecasts(const Workflow& workflow, const JobGraph& graph, const Object& contexts)
      : workflow_(workflow),
        graph_(graph),
        contexts_(contexts),
        likely_(workflow.jobs.size()),
        before_(workflow.jobs.size()) {}

  std::vector<JobForecast> run() {
    std::vector<JobForecast> all;
    for (const int index : graph_.order) {
      const auto place = static_cast<std::size_t>(index);
      JobForecast job;
      job.job = &workflow_.jobs[place];
      gather(index);
      const auto scope = scope_of(index);
      for (const int need : graph_.needs[place]) job.needs[fold(model(need).id)] = likely(need);
      const Known known = [&](std::string_view path) { return is_known(path, index); };
      if (job.job->condition) {
        job.forecast = forecast(*job.job->condition, scope, known, "a job before it");
      }
      expand(job, scope, known);
      likely_[place] = job.forecast.likely;
      all.push_back(std::move(job));
    }
    return all;
  }

 private:
  /// What there is among all jobs before one.
  struct Before {
    bool skipped = false;
    bool fails = false;
    bool undecided = false;
  };

  Likely likely(int job) const { return likely_[static_cast<std::size_t>(job)]; }
  const Job& model(int job) const { return workflow_.jobs[static_cast<std::size_t>(job)]; }

  Scope scope_of(int job) const {
    Scope scope;
    for (const auto* name : {"github", "vars", "inputs"}) {
      if (const auto* context = contexts_.find(name)) scope.contexts.set(name, *context);
    }
    Object needs;
    for (const int need : graph_.needs[static_cast<std::size_t>(job)]) {
      needs.set(model(need).id, result_object("result", likely(need)));
    }
    scope.contexts.set("needs", Value(std::move(needs)));
    scope.functions = status_functions(job);
    return scope;
  }

  std::map<std::string, Function> status_functions(int job) const {
    const auto& before = before_[static_cast<std::size_t>(job)];
    const auto each = [this, job] {
      std::map<std::string, Conclusion> results;
      for (const int ancestor : graph_.ancestors(job)) {
        results[model(ancestor).id] = likely_conclusion(likely(ancestor));
      }
      return results;
    };
    return job_status_functions({!before.skipped && !before.fails, before.fails, each}, false);
  }

  bool is_known(std::string_view path, int job) const {
    if (path == "success()") return success_is_known(job);
    const auto parts = segments(path);
    if (parts[0] != "needs") return true;
    const auto& needs = graph_.needs[static_cast<std::size_t>(job)];
    if (parts.size() < 2 || parts[1] == "*") return needs.empty();
    return std::all_of(needs.begin(), needs.end(), [&](int need) {
      const bool meant = compare_ignoring_case(model(need).id, parts[1]) == 0;
      return !meant || known_of(parts, likely(need));
    });
  }

  /// One that is skipped or fails is enough for false.
  bool success_is_known(int job) const {
    const auto& before = before_[static_cast<std::size_t>(job)];
    return before.skipped || before.fails || !before.undecided;
  }

  /// After its needs have been looked at: what there is among its ancestors.
  void gather(int job) {
    auto& before = before_[static_cast<std::size_t>(job)];
    for (const int need : graph_.needs[static_cast<std::size_t>(job)]) {
      const auto& further = before_[static_cast<std::size_t>(need)];
      before.skipped |= further.skipped || likely(need) == Likely::skipped;
      before.fails |= further.fails || likely(need) == Likely::fails;
      before.undecided |= further.undecided || likely(need) == Likely::undecided;
    }
  }

  void expand(JobForecast& job, const Scope& scope, const Known& known) const {
    if (!job.job->strategy || !job.job->strategy->matrix) return;
    const auto& matrix = *job.job->strategy->matrix;
    if (!reads_only(matrix, known)) {
      job.legs_unknown = "known when its needs are done";
      return;
    }
    try {
      job.legs = expand_matrix(evaluate(matrix, scope));
    } catch (const std::runtime_error& error) {
      job.legs_unknown = error.what();
      if (job.forecast.likely == Likely::runs) job.forecast = {Likely::fails, error.what()};
    }
  }

  static bool reads_only(const Token& token, const Known& known) {
    if (token.expression) {
      const auto paths = token.expression->paths();
      return std::all_of(paths.begin(), paths.end(), known);
    }
    return std::all_of(
               token.items.begin(),
               token.items.end(),
               [&](const TokenPtr& item) { return reads_only(*item, known); }) &&
           std::all_of(token.entries.begin(), token.entries.end(), [&](const auto& entry) {
             return reads_only(*entry.first, known) && reads_only(*entry.second, known);
           });
  }

  const Workflow& workflow_;
  const JobGraph& graph_;
  const Object& contexts_;
  std::vector<Likely> likely_;
  std::vector<Before> before_;
};

/// The steps of one leg of a job, as far as they can be told.
class StepForecasts {
 public:
  StepForecasts(const Workflow& workflow, const JobForecast& job, const Object& contexts)
      : needs_(job.needs), job_(*job.job), contexts_(contexts) {
    matrix_known_ = !job_.strategy || !job_.strategy->matrix || !job.legs.empty();
    env_ = {workflow.env.get(), job_.env.get(), nullptr};
    const auto* env = contexts.find("env");
    outer_env_ = env && env->is_object() ? &env->object() : nullptr;
  }

  /// From now on nothing is known of the matrix.
  void forget_matrix() { matrix_known_ = false; }

  std::vector<Forecast> run(const Object& matrix) {
    start(matrix);
    std::vector<Forecast> all;
    const Known known = [this](std::string_view path) { return is_known(path, env_.size()); };
    for (const auto& step : job_.steps) {
      env_.back() = step.env.get();
      Forecast found;
      if (step.condition) {
        const auto scope = scope_for(step.condition->expression, env_.size());
        found = forecast(*step.condition, scope, known, "a step before it");
      }
      likely_[step.id] = found.likely;
      all.push_back(std::move(found));
    }
    return all;
  }

 private:
  void start(const Object& matrix) {
    scope_ = Scope();
    likely_.clear();
    for (const auto* name : {"github", "vars", "inputs"}) {
      if (const auto* context = contexts_.find(name)) scope_.contexts.set(name, *context);
    }
    Object needs;
    for (const auto& need : job_.needs) needs.set(need.job, result_object("result", of(need.job)));
    scope_.contexts.set("needs", Value(std::move(needs)));
    scope_.contexts.set("matrix", Value(matrix));
    Object runner;
    runner.set("os", "Linux");
    scope_.contexts.set("runner", Value(std::move(runner)));
    Object job;
    job.set("status", "success");
    scope_.contexts.set("job", Value(std::move(job)));
    scope_.functions = step_status_functions(Conclusion::success);
    scope_.functions["hashfiles"] = [](const std::vector<Value>&) { return Value(); };
  }

  /// Of what other jobs are like.
  Likely of(std::string_view id) const {
    const auto found = needs_.find(fold(id));
    return found == needs_.end() ? Likely::undecided : found->second;
  }

  /// For an expression that sees so many levels of `env`. There may be thousands of variables and
  /// of steps: only those that it reads are in.
  Scope scope_for(const Expression& expression, std::size_t levels) const {
    auto scope = scope_;
    Object env(true);
    Object steps;
    for (const auto& path : expression.paths()) {
      const auto parts = segments(path);
      if (parts.size() < 2) continue;
      if (parts[0] == "env") {
        if (auto value = variable(parts[1], levels)) env.set(parts[1], *std::move(value));
      } else if (const auto step = likely_.find(parts[1]);
                 parts[0] == "steps" && step != likely_.end()) {
        steps.set(parts[1], result_object("conclusion", step->second));
      }
    }
    scope.contexts.set("env", Value(std::move(env)));
    scope.contexts.set("steps", Value(std::move(steps)));
    return scope;
  }

  /// A variable as the innermost of so many levels sets it, if that is known.
  std::optional<Value> variable(const std::string& name, std::size_t levels) const {
    while (levels-- > 0) {
      const Token* value = env_[levels] ? entry_of(*env_[levels], name) : nullptr;
      if (!value) continue;
      const auto expression = value->expression.value_or(Expression());
      const Known known = [&](std::string_view path) { return is_known(path, levels); };
      if (!unknown_parts(expression, known).empty()) return std::nullopt;
      try {
        return Value(evaluate_string(*value, scope_for(expression, levels)));
      } catch (const EvaluationError&) {
        return std::nullopt;
      }
    }
    const auto* outer = outer_env_ ? outer_env_->find(name) : nullptr;
    return outer ? std::optional(*outer) : std::nullopt;
  }

  static const Token* entry_of(const Token& env, const std::string& name) {
    const auto found = std::find_if(env.entries.begin(), env.entries.end(), [&](const auto& entry) {
      return entry.first->kind == Token::Kind::string && entry.first->text == name;
    });
    return found == env.entries.end() ? nullptr : found->second.get();
  }

  bool is_known(std::string_view path, std::size_t env_levels) const {
    if (path.ends_with("()")) return path != "hashfiles()";
    const auto parts = segments(path);
    const auto& context = parts[0];
    if (context == "github" || context == "vars" || context == "inputs") return true;
    if (parts.size() < 2) return false;
    if (context == "matrix") return matrix_known_;
    if (context == "needs") return known_of(parts, of(parts[1]));
    if (context == "env") return variable(parts[1], env_levels).has_value();
    if (context == "steps") {
      const auto step = likely_.find(parts[1]);
      return step != likely_.end() && known_of(parts, step->second);
    }
    return path == "runner.os" || path == "job.status";
  }

  const std::map<std::string, Likely>& needs_;
  const Job& job_;
  const Object& contexts_;
  bool matrix_known_ = true;
  Scope scope_;
  std::array<const Token*, 3> env_{};  // of the workflow, of the job, of the step
  const Object* outer_env_ = nullptr;
  std::map<std::string, Likely> likely_;
};

/// Of all legs: what they have in common, else who does what.
Forecast common(
    const JobForecast& job, const std::vector<std::vector<Forecast>>& legs, std::size_t step) {
  const auto& first = legs.front()[step];
  const bool same = std::all_of(
      legs.begin(), legs.end(), [&](const auto& leg) { return leg[step].likely == first.likely; });
  if (same) return first;
  std::vector<std::string> running;
  bool decided = true;
  for (std::size_t i = 0; i < legs.size(); ++i) {
    const auto likely = legs[i][step].likely;
    if (likely == Likely::runs) running.push_back(leg_name(job.job->id, job.legs[i]));
    decided = decided && (likely == Likely::runs || likely == Likely::skipped);
  }
  const auto& condition = job.job->steps[step].condition;
  return {
      decided ? Likely::runs : Likely::undecided,
      fmt::format(
          "in {} of {} legs{}{}, if: {}",
          running.size(),
          legs.size(),
          running.empty() ? "" : ": ",
          fmt::join(running, ", "),
          condition ? one_line(condition->text) : "")};
}

}  // namespace

std::vector<JobForecast> forecast_jobs(
    const Workflow& workflow, const JobGraph& graph, const Object& contexts) {
  return JobForecasts(workflow, graph, contexts).run();
}

std::vector<Forecast> forecast_steps(
    const Workflow& workflow, const JobForecast& job, const Object& contexts) {
  // Every step of every leg is forecast, unless they are more than anybody would look at.
  constexpr std::size_t most = 20'000;
  StepForecasts steps(workflow, job, contexts);
  const bool too_many = job.legs.size() * job.job->steps.size() > most;
  if (too_many) steps.forget_matrix();
  if (job.legs.empty() || too_many) return steps.run(Object());
  std::vector<std::vector<Forecast>> legs;
  for (const auto& leg : job.legs) legs.push_back(steps.run(leg.matrix));
  std::vector<Forecast> all;
  for (std::size_t i = 0; i < job.job->steps.size(); ++i) all.push_back(common(job, legs, i));
  return all;
}

}  // namespace crun::workflow
