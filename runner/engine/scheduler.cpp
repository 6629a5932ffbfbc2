#include "runner/engine/scheduler.hpp"

#include <algorithm>
#include <cassert>

#include <fmt/format.h>

#include "runner/engine/scheduler_call.hpp"
#include "workflow/plan/matrix.hpp"

namespace crun::runner {

using workflow::EvaluationError;
using workflow::Job;
using workflow::MatrixLeg;
using workflow::Object;
using workflow::Scope;
using workflow::Token;
using workflow::Value;

namespace {

std::string place(const workflow::Workflow& workflow, workflow::Span span) {
  return fmt::format(
      "{}:{}:{}",
      workflow.source ? workflow.source->path() : std::string(),
      span.begin.line,
      span.begin.column);
}

bool uses_matrix(const Token& name) {
  if (!name.expression) return false;
  const auto names = name.expression->context_names();
  return std::find(names.begin(), names.end(), "matrix") != names.end();
}

/// The values that make a leg one of those asked for with --matrix.
bool wanted(const Object& matrix, const std::vector<std::pair<std::string, std::string>>& filter) {
  std::map<std::string, bool> kept;
  for (const auto& [name, value] : filter) {
    const auto* actual = matrix.find(name);
    if (actual == nullptr) continue;
    kept[name] = kept[name] || actual->to_string() == value;
  }
  return std::all_of(kept.begin(), kept.end(), [](const auto& entry) { return entry.second; });
}

std::string_view told(Conclusion conclusion) {
  switch (conclusion) {
    case Conclusion::failure:
      return "failed";
    case Conclusion::cancelled:
      return "was cancelled";
    case Conclusion::skipped:
      return "was skipped";
    default:
      return "succeeded";
  }
}

}  // namespace

Scheduler::~Scheduler() = default;

Scheduler::Scheduler(
    const workflow::Workflow& workflow,
    const workflow::JobGraph& graph,
    Object contexts,
    SchedulerOptions options)
    : workflow_(workflow),
      graph_(graph),
      contexts_(std::move(contexts)),
      options_(std::move(options)),
      jobs_(workflow.jobs.size()) {
  inside_.running = std::make_shared<int>(0);
  inside_.groups = std::make_shared<ConcurrencyGroups>();
  hold_group();
  select();
  unsettled_ =
      std::count_if(jobs_.begin(), jobs_.end(), [](const JobState& job) { return job.selected; });
  has_more_than_steps_ =
      std::any_of(workflow_.jobs.begin(), workflow_.jobs.end(), [](const workflow::Job& job) {
        return job.concurrency || !job.uses.empty();
      });
  position_.resize(jobs_.size());
  for (std::size_t place = 0; place < graph_.order.size(); ++place) {
    const int job = graph_.order[place];
    position_[job] = static_cast<int>(place);
    jobs_[job].open_needs = static_cast<int>(graph_.needs[job].size());
    if (jobs_[job].selected && jobs_[job].open_needs == 0) ready_.insert(position_[job]);
  }
}

/// Of all jobs those that were asked for, and what they need.
void Scheduler::select() {
  if (options_.jobs.empty()) return;
  for (auto& job : jobs_) job.selected = false;
  for (std::size_t job = 0; job < jobs_.size(); ++job) {
    if (!options_.jobs.count(workflow_.jobs[job].id)) continue;
    jobs_[job].selected = true;
    for (const int ancestor : graph_.ancestors(static_cast<int>(job))) {
      jobs_[ancestor].selected = true;
    }
  }
}

/// The workflow's own group is held as long as it runs.
void Scheduler::hold_group() {
  if (!workflow_.concurrency) return;
  Scope scope;
  scope.contexts = contexts_;
  try {
    inside_.groups_above.insert(group_key(group_request(*workflow_.concurrency, scope).name));
  } catch (const EvaluationError&) {  // its jobs run all the same
  }
}

Actions Scheduler::begin() {
  Actions actions;
  advance(actions);
  return actions;
}

bool Scheduler::done() const {
  return unsettled_ == 0;
}

Value Scheduler::result_of(const JobState& job) {
  Object outputs;
  for (const auto& [name, value] : job.outputs) outputs.set(name, value);
  Object member;
  member.set("result", workflow::to_string(job.result));
  member.set("outputs", Value(std::move(outputs)));
  return Value(std::move(member));
}

Value Scheduler::needs_of(int job) const {
  Object needs;
  for (const int needed : graph_.needs[job]) {
    needs.set(workflow_.jobs[needed].id, result_of(jobs_[needed]));
  }
  return Value(std::move(needs));
}

Scope Scheduler::scope_for(int job) const {
  Scope scope;
  scope.contexts = contexts_;
  scope.contexts.set("needs", needs_of(job));
  auto ancestors = jobs_[job].ancestors;
  ancestors.each = [this, job] {
    std::map<std::string, Conclusion> results;
    for (const int ancestor : graph_.ancestors(job)) {
      results[workflow_.jobs[ancestor].id] = jobs_[ancestor].result;
    }
    return results;
  };
  scope.functions = workflow::job_status_functions(std::move(ancestors), cancelled_);
  return scope;
}

std::string Scheduler::skip_reason(int job) const {
  auto needs = graph_.needs[job];
  std::sort(needs.begin(), needs.end());
  for (const int needed : needs) {
    const auto result = jobs_[needed].result;
    if (result == Conclusion::success) continue;
    return fmt::format("needs {}, which {}", workflow_.jobs[needed].id, told(result));
  }
  return cancelled_ ? "the run was cancelled" : "a job before it did not succeed";
}

void Scheduler::settle(
    int job, Conclusion conclusion, const std::string& reason, Actions& actions) {
  const auto& model = workflow_.jobs[job];
  jobs_[job].result = conclusion;
  set_settled(job);
  if (conclusion == Conclusion::failure) failed_ = true;
  std::string name = model.id;
  if (model.name && !model.name->expression) name = model.name->text;
  actions.settled.push_back(
      {inside_.id_prefix + model.id, inside_.name_prefix + name, &model, conclusion, reason});
}

/// A job whose needs are known: its condition, then its legs.
void Scheduler::consider(int job, Actions& actions) {
  const auto& model = workflow_.jobs[job];
  const auto scope = scope_for(job);
  try {
    workflow::Decision decision;
    if (model.condition) {
      decision = decide(*model.condition, scope);
    } else {
      decision.runs = scope.functions.at("success")({}).truthy();
    }
    if (!model.condition || model.condition->text.empty()) decision.reason = skip_reason(job);
    if (!decision.runs) {
      const auto conclusion = cancelled_ ? Conclusion::cancelled : Conclusion::skipped;
      settle(job, conclusion, decision.reason, actions);
      return;
    }
    expand(job, scope, actions);
  } catch (const EvaluationError& error) {
    settle(job, Conclusion::failure, error.what(), actions);
  } catch (const workflow::MatrixError& error) {
    const auto span = model.strategy ? model.strategy->span : model.span;
    settle(
        job,
        Conclusion::failure,
        fmt::format(
            "{}: {} (guard the job with an `if` on the value the list comes from)",
            place(workflow_, span),
            error.what()),
        actions);
  }
}

void Scheduler::expand(int job, const Scope& scope, Actions& actions) {
  auto& state = jobs_[job];
  const auto& model = workflow_.jobs[job];
  std::vector<MatrixLeg> combinations(1);
  bool has_matrix = false;
  if (model.strategy) {
    if (model.strategy->matrix) {
      combinations = workflow::expand_matrix(evaluate(*model.strategy->matrix, scope));
      has_matrix = true;
    }
    if (model.strategy->fail_fast) {
      state.fail_fast = evaluate(*model.strategy->fail_fast, scope).truthy();
    }
    if (model.strategy->max_parallel) {
      state.max_parallel =
          static_cast<int>(evaluate(*model.strategy->max_parallel, scope).to_number());
    }
  }
  const auto total = combinations.size();
  for (std::size_t index = 0; index < total; ++index) {
    auto leg_scope = scope;
    if (has_matrix) leg_scope.contexts.set("matrix", Value(combinations[index].matrix));
    auto leg = make_leg(job, leg_scope, index, total);
    leg.id = has_matrix ? fmt::format("{}.{}", model.id, index + 1) : model.id;
    if (has_matrix && !(model.name && uses_matrix(*model.name))) {
      leg.name = workflow::leg_name(leg.name, combinations[index]);
    }
    if (has_matrix && !wanted(combinations[index].matrix, options_.matrix)) continue;
    leg.id = inside_.id_prefix + leg.id;
    leg.name = inside_.name_prefix + leg.name;
    leg.call = inside_.facts;
    std::optional<GroupRequest> group;
    if (model.concurrency) group = group_request(*model.concurrency, this->leg_scope(leg));
    legs_[leg.id] = {job, state.legs.size()};
    state.legs.push_back({std::move(leg)});
    state.legs.back().group = std::move(group);
  }
  active_.insert(job);
  if (state.legs.empty()) {
    settle(job, Conclusion::skipped, "no leg of its matrix has the values asked for", actions);
  }
}

Leg Scheduler::make_leg(int job, const Scope& scope, std::size_t index, std::size_t total) const {
  const auto& model = workflow_.jobs[job];
  const auto& state = jobs_[job];
  Object strategy;
  strategy.set("fail-fast", state.fail_fast);
  strategy.set("job-index", static_cast<double>(index));
  strategy.set("job-total", static_cast<double>(total));
  strategy.set(
      "max-parallel",
      state.max_parallel > 0 ? static_cast<double>(state.max_parallel)
                             : static_cast<double>(total));
  Leg leg;
  leg.job = &model;
  leg.needs = *scope.contexts.find("needs");
  leg.strategy = Value(std::move(strategy));
  if (const auto* matrix = scope.contexts.find("matrix")) leg.matrix = *matrix;
  auto with_strategy = scope;
  with_strategy.contexts.set("strategy", leg.strategy);
  with_strategy.contexts.set("matrix", leg.matrix);
  leg.name = model.name ? evaluate_string(*model.name, with_strategy) : model.id;
  if (leg.name.empty()) leg.name = model.id;
  if (model.continue_on_error) {
    leg.continue_on_error = evaluate(*model.continue_on_error, with_strategy).truthy();
  }
  return leg;
}

bool Scheduler::start_queued(Actions& actions) {
  bool ended = false;
  const std::vector<int> active(active_.begin(), active_.end());
  for (const int job : active) {
    if (!has_more_than_steps_ && *inside_.running >= options_.max_parallel) break;
    auto& state = jobs_[job];
    if (state.settled) continue;
    auto at_work = std::count_if(state.legs.begin(), state.legs.end(), [](const LegState& leg) {
      return leg.phase == LegState::Phase::running;
    });
    for (std::size_t index = 0; index < state.legs.size(); ++index) {
      auto& leg = state.legs[index];
      if (const auto reason = inside_.groups->ousted(leg.leg.id)) {
        ended = oust(job, index, *reason, actions) || ended;
      }
      if (leg.phase == LegState::Phase::running && leg.call) {
        leg.call->run->advance(actions);
        ended = end_call(job, index, actions) || ended;
      }
      if (leg.phase != LegState::Phase::queued) continue;
      if (state.max_parallel > 0 && at_work >= state.max_parallel) continue;
      if (!has_group(leg, ended)) continue;
      if (!leg.leg.job->uses.empty()) {
        leg.phase = LegState::Phase::running;
        ++at_work;
        start_call(job, index, actions);
        ended = end_call(job, index, actions) || ended;
        continue;
      }
      if (*inside_.running >= options_.max_parallel) continue;
      leg.phase = LegState::Phase::running;
      ++*inside_.running;
      ++at_work;
      actions.start.push_back(leg.leg);
    }
  }
  return ended;
}

const Leg* Scheduler::next() const {
  for (const int job : active_) {
    for (const auto& leg : jobs_[job].legs) {
      const bool calls = !leg.leg.job->uses.empty();
      if (leg.phase == LegState::Phase::queued && !calls && !leg.group) return &leg.leg;
      if (leg.phase != LegState::Phase::running || !leg.call) continue;
      if (const auto* inside = leg.call->run->next()) return inside;
    }
  }
  return nullptr;
}

bool Scheduler::has_group(LegState& leg, bool& changed) {
  if (!leg.group) return true;
  if (inside_.groups_above.count(group_key(leg.group->name)) > 0) {
    changed = inside_.groups->oust(leg.leg.id, deadlock(leg.group->name, leg.leg.name));
    return false;
  }
  const auto answer = inside_.groups->ask(leg.leg.id, *leg.group);
  if (answer == ConcurrencyGroups::Answer::ousts) changed = true;
  return answer == ConcurrencyGroups::Answer::holds;
}

bool Scheduler::oust(int job, std::size_t index, const std::string& reason, Actions& actions) {
  auto& leg = jobs_[job].legs[index];
  if (leg.ousted || leg.phase == LegState::Phase::ended) return false;
  leg.ousted = true;
  if (leg.phase == LegState::Phase::queued) {
    actions.settled.push_back(
        {leg.leg.id, leg.leg.name, leg.leg.job, Conclusion::cancelled, reason});
    end_leg(job, index, Conclusion::cancelled, {}, actions);
    return true;
  }
  if (leg.call) {
    append(actions, leg.call->run->cancel(reason));
    return end_call(job, index, actions);
  }
  actions.cancel.emplace_back(leg.leg.id, reason);
  return false;
}

Scope Scheduler::leg_scope(const Leg& leg) const {
  Scope scope;
  scope.contexts = contexts_;
  scope.contexts.set("needs", leg.needs);
  scope.contexts.set("strategy", leg.strategy);
  scope.contexts.set("matrix", leg.matrix);
  return scope;
}

/// Settling one job can make others ready: goes on until nothing changes.
void Scheduler::advance(Actions& actions) {
  do {
    while (!ready_.empty()) {
      const int job = graph_.order[*ready_.begin()];
      ready_.erase(ready_.begin());
      consider(job, actions);
    }
  } while (start_queued(actions) || !ready_.empty());
}

void Scheduler::conclude_if_ended(int job) {
  auto& state = jobs_[job];
  const bool ended = std::all_of(state.legs.begin(), state.legs.end(), [](const LegState& leg) {
    return leg.phase == LegState::Phase::ended;
  });
  if (ended) set_settled(job);
}

/// Its result is known: who waited for it alone is next.
void Scheduler::set_settled(int job) {
  auto& state = jobs_[job];
  if (state.settled) return;
  state.settled = true;
  --unsettled_;
  active_.erase(job);
  for (const int dependent : graph_.dependents[job]) {
    auto& waiting = jobs_[dependent];
    waiting.ancestors.add(state.result, state.ancestors);
    if (--waiting.open_needs == 0 && waiting.selected) ready_.insert(position_[dependent]);
  }
}

void Scheduler::cancel_siblings(int job, const std::string& reason, Actions& actions) {
  auto& state = jobs_[job];
  for (std::size_t index = 0; index < state.legs.size(); ++index) {
    auto& leg = state.legs[index];
    if (leg.phase == LegState::Phase::running && leg.call) {
      append(actions, leg.call->run->cancel(reason));
      end_call(job, index, actions);
    } else if (leg.phase == LegState::Phase::running) {
      actions.cancel.emplace_back(leg.leg.id, reason);
    } else if (leg.phase == LegState::Phase::queued) {
      leg.phase = LegState::Phase::ended;
      inside_.groups->leave(leg.leg.id);
      if (state.result == Conclusion::success) state.result = Conclusion::cancelled;
      actions.settled.push_back(
          {leg.leg.id, leg.leg.name, leg.leg.job, Conclusion::cancelled, reason});
    }
  }
}

Actions Scheduler::finished(const std::string& id, Conclusion conclusion, const Outputs& outputs) {
  Actions actions;
  if (const auto found = legs_.find(id); found != legs_.end()) {
    const auto [job, index] = found->second;
    assert(jobs_[job].legs[index].phase == LegState::Phase::running);
    --*inside_.running;
    end_leg(job, index, conclusion, outputs, actions);
  } else {
    for (const auto& [leg_id, place] : legs_) {
      const auto [job, index] = place;
      const auto call = jobs_[job].legs[index].call;
      if (!call || !id.starts_with(leg_id + ".")) continue;
      append(actions, call->run->finished(id, conclusion, outputs));
      end_call(job, index, actions);
      break;
    }
  }
  advance(actions);
  return actions;
}

void Scheduler::end_leg(
    int job, std::size_t index, Conclusion conclusion, const Outputs& outputs, Actions& actions) {
  auto& state = jobs_[job];
  auto& leg = state.legs[index];
  leg.phase = LegState::Phase::ended;
  inside_.groups->leave(leg.leg.id);
  // Of several legs the last one that gives a value wins, as on GitHub.
  for (const auto& [name, value] : outputs) {
    const auto known = std::find_if(
        state.outputs.begin(), state.outputs.end(), [&name = name](const auto& output) {
          return output.first == name;
        });
    if (known != state.outputs.end()) {
      known->second = value;
    } else {
      state.outputs.emplace_back(name, value);
    }
  }
  const bool bad = conclusion == Conclusion::failure || conclusion == Conclusion::cancelled;
  if (bad && !leg.leg.continue_on_error) {
    if (conclusion == Conclusion::failure) {
      failed_ = true;
      state.result = Conclusion::failure;
      if (state.fail_fast && state.legs.size() > 1) {
        cancel_siblings(job, fmt::format("fail-fast: {} failed", leg.leg.name), actions);
      }
    } else if (state.result != Conclusion::failure) {
      state.result = Conclusion::cancelled;
    }
  }
  conclude_if_ended(job);
}

Actions Scheduler::cancel(const std::string& reason) {
  cancelled_ = true;
  Actions actions;
  for (const int job : std::vector<int>(active_.begin(), active_.end())) {
    cancel_siblings(job, reason, actions);
    conclude_if_ended(job);
  }
  advance(actions);
  return actions;
}

}  // namespace crun::runner
