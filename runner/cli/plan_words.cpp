#include "runner/cli/plan_words.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "executor/process/environment.hpp"
#include "runner/cli/usage_error.hpp"
#include "runner/engine/machine.hpp"
#include "runner/engine/schedule_times.hpp"

namespace crun::runner {

using workflow::Forecast;
using workflow::Job;
using workflow::JobForecast;
using workflow::Step;

namespace {

constexpr int next_runs = 3;  // of a schedule

std::string needs_of(const Job& job) {
  std::vector<std::string> needs;
  for (const auto& need : job.needs) needs.push_back(need.job);
  return fmt::format("{}", fmt::join(needs, ", "));
}

std::string told(const Forecast& forecast, const Job* job) {
  switch (forecast.likely) {
    case Forecast::Likely::runs:
      if (!forecast.reason.empty()) return "runs: " + forecast.reason;
      return job && !job->needs.empty() ? fmt::format("runs when {} succeeded", needs_of(*job))
                                        : "runs";
    case Forecast::Likely::skipped:
      return "is skipped: " + forecast.reason;
    case Forecast::Likely::undecided:
      return "not decided yet: " + forecast.reason;
    case Forecast::Likely::fails:
      return "fails: " + forecast.reason;
  }
  return {};
}

std::string told_legs(const JobForecast& job, std::string_view margin) {
  if (!job.legs_unknown.empty()) return fmt::format("{}legs: {}\n", margin, job.legs_unknown);
  if (job.legs.empty()) return {};
  auto out = fmt::format("{}legs: {}\n", margin, job.legs.size());
  for (const auto& leg : job.legs) {
    out += fmt::format("{}  {}\n", margin, workflow::leg_name(job.job->id, leg));
  }
  return out;
}

std::string name_of(const Step& step) {
  if (step.name) return step.name->raw;
  if (!step.uses.empty()) return step.uses;
  if (step.has_author_id() || !step.run) return step.id;
  const auto& text = step.run->raw;
  const auto begin = std::min(text.find_first_not_of(" \t\r\n"), text.size());
  return text.substr(begin, text.find_first_of("\r\n", begin) - begin);
}

std::string known_names(const workflow::Workflow& workflow) {
  std::vector<std::string> ids;
  for (const auto& job : workflow.jobs) ids.push_back(job.id);
  return fmt::format("{}", fmt::join(ids, ", "));
}

workflow::Object contexts_of(const PreparedRun& prepared, const RunOptions& options) {
  workflow::Object contexts;
  contexts.set("github", prepared.github);
  contexts.set("vars", prepared.vars);
  contexts.set("inputs", prepared.inputs);
  workflow::Object env(true);
  for (const auto& [name, value] : extra_environment(options)) env.set(name, value);
  contexts.set("env", workflow::Value(std::move(env)));
  return contexts;
}

}  // namespace

PlanWords::PlanWords(const PreparedRun& prepared, const RunOptions& options)
    : prepared_(prepared),
      contexts_(contexts_of(prepared, options)),
      jobs_(forecast_jobs(*prepared.workflow, prepared.graph, contexts_)) {}

std::string PlanWords::head() const {
  const auto& event = prepared_.event;
  auto out = fmt::format(
      "{}: {} of {} at {}\n", prepared_.path, event.name, event.ref, event.sha.substr(0, 7));
  if (!event.reason.empty()) out += fmt::format("  {}\n", event.reason);
  if (!prepared_.trigger.fires) {
    out += fmt::format(
        "  does not trigger: {}\n  help: {}\n", prepared_.trigger.reason, prepared_.trigger.cure);
  }
  return out;
}

std::string PlanWords::jobs() const {
  std::string out;
  for (const auto& job : jobs_) {
    const auto needs = needs_of(*job.job);
    out += fmt::format(
        "  {}{}\n    {}\n{}",
        job.job->id,
        needs.empty() ? "" : fmt::format(" (needs {})", needs),
        told(job.forecast, job.job),
        told_legs(job, "    "));
    out += told_steps(job, false);
  }
  return out;
}

std::string PlanWords::trigger(std::chrono::system_clock::time_point now) const {
  std::string out;
  if (prepared_.trigger.fires) out += fmt::format("  triggers: {}\n", prepared_.trigger.because);
  for (const auto& event : prepared_.workflow->on.events) {
    for (const auto& schedule : event.schedules) {
      out += fmt::format("  schedule: {}\n", told_schedule(schedule, now, next_runs));
    }
  }
  return out;
}

std::string PlanWords::told_steps(const JobForecast& job, bool all) const {
  const auto& steps = job.job->steps;
  const auto has_condition = [](const Step& step) {
    return step.condition && !step.condition->text.empty();
  };
  if (!all && std::none_of(steps.begin(), steps.end(), has_condition)) return {};
  const auto forecasts = forecast_steps(*prepared_.workflow, job, contexts_);
  std::string out;
  for (std::size_t i = 0; i < forecasts.size(); ++i) {
    const auto& step = steps[i];
    if (!all && !has_condition(step)) continue;
    out += fmt::format("    step {} {}: {}\n", i + 1, name_of(step), told(forecasts[i], nullptr));
  }
  return out;
}

const JobForecast& PlanWords::find(const std::string& id) const {
  const auto* job = prepared_.workflow->find_job(id);
  if (!job) {
    throw UsageError(fmt::format(
        "there is no job '{}'; the workflow has: {}", id, known_names(*prepared_.workflow)));
  }
  return *std::find_if(
      jobs_.begin(), jobs_.end(), [&](const JobForecast& each) { return each.job == job; });
}

std::string PlanWords::job(const std::string& id) const {
  const auto& wanted = find(id);
  auto out = fmt::format("  {}\n    {}\n", wanted.job->id, told(wanted.forecast, wanted.job));
  out += told_legs(wanted, "    ");
  for (const auto& need : wanted.job->needs) {
    const auto& needed = find(need.job);
    out += fmt::format("    needs {}, which {}\n", need.job, told(needed.forecast, needed.job));
  }
  if (!wanted.job->uses.empty()) out += fmt::format("    calls {}\n", wanted.job->uses);
  return out + told_steps(wanted, true);
}

std::string PlanWords::step(const std::string& job, const std::string& wanted) const {
  const auto& found = find(job);
  const auto& steps = found.job->steps;
  const auto number = [&](const Step& step) { return std::to_string(&step - steps.data() + 1); };
  const auto step = std::find_if(steps.begin(), steps.end(), [&](const Step& each) {
    return each.id == wanted || number(each) == wanted || name_of(each) == wanted;
  });
  if (step == steps.end()) {
    std::vector<std::string> names;
    for (const auto& each : steps) names.push_back(number(each) + " " + name_of(each));
    throw UsageError(fmt::format(
        "the job '{}' has no step '{}'; it has: {}", job, wanted, fmt::join(names, ", ")));
  }
  const auto place = static_cast<std::size_t>(step - steps.begin());
  const auto forecasts = forecast_steps(*prepared_.workflow, found, contexts_);
  auto out = fmt::format("  {}\n    {}\n", found.job->id, told(found.forecast, found.job));
  out += fmt::format(
      "    step {} {} ({}:{}): {}\n",
      number(*step),
      name_of(*step),
      prepared_.path,
      step->span.begin.line,
      told(forecasts[place], nullptr));
  const bool implied = !step->condition || step->condition->text.empty();
  if (implied && forecasts[place].likely == Forecast::Likely::runs) {
    out += "      it has no `if`: it runs when no step before it has failed\n";
  }
  return out;
}

}  // namespace crun::runner
