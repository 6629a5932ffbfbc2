// Builds the graph of jobs in time linear in jobs and needs, and tells what is wrong with it as
// GitHub does: no job to start with is one error; else each need of a job that can never start is
// one, either unknown or part of (or behind) a cycle.
#include "workflow/plan/graph.hpp"

#include <algorithm>
#include <functional>
#include <queue>
#include <unordered_map>

#include <fmt/format.h>

#include "workflow/source/spelling.hpp"

namespace crun::workflow {

namespace {

// Ids are ASCII; GitHub compares them ignoring case.
std::string lower_case(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  }
  return text;
}

using JobIndex = std::unordered_map<std::string, int>;

JobIndex index_of_jobs(const Workflow& workflow) {
  JobIndex index;
  index.reserve(workflow.jobs.size());
  for (std::size_t i = 0; i < workflow.jobs.size(); ++i) {
    index.emplace(lower_case(workflow.jobs[i].id), static_cast<int>(i));
  }
  return index;
}

int find(const JobIndex& index, const std::string& id) {
  const auto found = index.find(lower_case(id));
  return found == index.end() ? -1 : found->second;
}

// Kahn's algorithm; the smallest index that is ready goes next, which is the order of the file.
std::vector<int> topological_order(const JobGraph& graph, const std::vector<bool>& blocked) {
  std::vector<std::size_t> missing(graph.needs.size());
  std::priority_queue<int, std::vector<int>, std::greater<>> ready;
  for (std::size_t job = 0; job < graph.needs.size(); ++job) {
    missing[job] = graph.needs[job].size();
    if (missing[job] == 0 && !blocked[job]) ready.push(static_cast<int>(job));
  }
  std::vector<int> order;
  order.reserve(graph.needs.size());
  while (!ready.empty()) {
    const int job = ready.top();
    ready.pop();
    order.push_back(job);
    for (const int dependent : graph.dependents[job]) {
      if (--missing[dependent] == 0 && !blocked[dependent]) ready.push(dependent);
    }
  }
  return order;
}

// The jobs that are in a cycle or behind one: they would not start even if every need were known.
std::vector<bool> waiting(const JobGraph& graph) {
  std::vector<bool> waits(graph.needs.size(), true);
  for (const int job : topological_order(graph, std::vector<bool>(waits.size()))) {
    waits[job] = false;
  }
  return waits;
}

/// Finds the cycle that a job waits for, by following needs that wait themselves. What is known of
/// jobs on the way is kept, so that all of them together cost one walk over the graph.
class Cycles {
 public:
  Cycles(const JobGraph& graph, const std::vector<bool>& waits)
      : graph_(graph), waits_(waits), cycle_(waits.size(), unknown) {}

  /// The path, begun and ended by the job that stands first in the file; empty when the cycle has
  /// been given before.
  std::vector<int> find(int job) {
    std::vector<int> walked;
    while (cycle_[job] == unknown) {
      cycle_[job] = walking;
      walked.push_back(job);
      const auto& needs = graph_.needs[job];
      job = *std::find_if(needs.begin(), needs.end(), [&](int need) { return waits_[need]; });
    }
    const bool fresh = cycle_[job] == walking;
    const int number = fresh ? count_++ : cycle_[job];
    for (const int each : walked) cycle_[each] = number;
    if (!fresh) return {};
    std::vector<int> path(std::find(walked.begin(), walked.end(), job), walked.end());
    std::rotate(path.begin(), std::min_element(path.begin(), path.end()), path.end());
    path.push_back(path.front());
    return path;
  }

 private:
  static constexpr int unknown = -1;
  static constexpr int walking = -2;

  const JobGraph& graph_;
  const std::vector<bool>& waits_;
  std::vector<int> cycle_;  // the number of the cycle that a job leads to
  int count_ = 0;
};

std::string told(const std::vector<int>& path, const Workflow& workflow) {
  constexpr std::size_t most = 20;  // a path over thousands of jobs helps nobody
  std::string out;
  for (std::size_t i = 0; i < path.size(); ++i) {
    if (i > 0) out += " -> ";
    if (path.size() > most && i == most / 2) {
      out += fmt::format("({} more) -> ", path.size() - most);
      i = path.size() - most / 2;
    }
    out += workflow.jobs[path[i]].id;
  }
  return out;
}

class GraphCheck {
 public:
  GraphCheck(
      const Workflow& workflow,
      const JobGraph& graph,
      const JobIndex& index,
      Diagnostics& diagnostics)
      : workflow_(workflow),
        index_(index),
        diagnostics_(diagnostics),
        waits_(waiting(graph)),
        cycles_(graph, waits_) {}

  void run() {
    const auto& jobs = workflow_.jobs;
    const bool no_start =
        std::none_of(jobs.begin(), jobs.end(), [](const Job& job) { return job.needs.empty(); });
    if (no_start) {
      auto& found = diagnostics_.error(
          workflow_.source,
          jobs.front().span,
          "needs-cycle",
          "The workflow must contain at least one job with no dependencies.");
      const auto stuck = std::find(waits_.begin(), waits_.end(), true);
      if (stuck != waits_.end()) tell_cycle(found, static_cast<int>(stuck - waits_.begin()));
      for (const auto& job : jobs) note_unknown_needs(found, job);
      return;
    }
    for (std::size_t job = 0; job < jobs.size(); ++job) check_needs(static_cast<int>(job));
  }

 private:
  void check_needs(int job) {
    for (const auto& need : workflow_.jobs[job].needs) {
      const int needed = find(index_, need.job);
      if (needed < 0) {
        unknown(workflow_.jobs[job], need);
      } else if (waits_[needed]) {
        auto& found = diagnostics_.error(
            workflow_.source,
            need.span,
            "needs-cycle",
            fmt::format(
                "Job '{}' depends on job '{}' which creates a cycle in the dependency graph.",
                workflow_.jobs[job].id,
                need.job));
        tell_cycle(found, needed);
      }
    }
  }

  // GitHub stops at the missing start; the misspelt need is why, more often than not.
  void note_unknown_needs(Diagnostic& found, const Job& job) {
    constexpr std::size_t most = 10;
    for (const auto& need : job.needs) {
      if (find(index_, need.job) >= 0 || found.notes.size() >= most) continue;
      found.notes.push_back(
          {workflow_.source,
           need.span,
           fmt::format("'{}' needs '{}', which is no job here", job.id, need.job)});
    }
  }

  void unknown(const Job& job, const Need& need) {
    auto& found = diagnostics_.error(
        workflow_.source,
        need.span,
        "unknown-need",
        fmt::format("Job '{}' depends on unknown job '{}'.", job.id, need.job));
    if (++unknown_ > most_suggestions) return;
    std::vector<std::string> ids;
    for (const auto& other : workflow_.jobs) {
      if (other.id != job.id) ids.push_back(other.id);
    }
    if (const auto near = nearest(need.job, ids))
      found.help = fmt::format("did you mean '{}'?", *near);
  }

  // Once for each cycle: every further need that belongs to it would repeat the path.
  void tell_cycle(Diagnostic& found, int job) {
    const auto cycle = cycles_.find(job);
    if (cycle.empty()) return;
    found.notes.push_back({nullptr, {}, "the cycle is " + told(cycle, workflow_)});
    found.help = "remove one of these needs";
  }

  static constexpr int most_suggestions = 10;  // each looks at all jobs

  const Workflow& workflow_;
  const JobIndex& index_;
  Diagnostics& diagnostics_;
  std::vector<bool> waits_;
  Cycles cycles_;
  int unknown_ = 0;
};

}  // namespace

std::vector<int> JobGraph::ancestors(int job) const {
  std::vector<bool> seen(needs.size());
  std::vector<int> found = needs[job];
  for (const int need : found) seen[need] = true;
  for (std::size_t i = 0; i < found.size(); ++i) {
    for (const int need : needs[found[i]]) {
      if (!seen[need]) found.push_back(need);
      seen[need] = true;
    }
  }
  std::sort(found.begin(), found.end());
  return found;
}

JobGraph make_graph(const Workflow& workflow, Diagnostics& diagnostics) {
  const auto index = index_of_jobs(workflow);
  JobGraph graph;
  graph.needs.resize(workflow.jobs.size());
  graph.dependents.resize(workflow.jobs.size());
  std::vector<bool> blocked(workflow.jobs.size());  // by a need that does not exist
  for (std::size_t job = 0; job < workflow.jobs.size(); ++job) {
    auto& needs = graph.needs[job];
    for (const auto& need : workflow.jobs[job].needs) {
      const int needed = find(index, need.job);
      if (needed < 0) {
        blocked[job] = true;
      } else if (std::find(needs.begin(), needs.end(), needed) == needs.end()) {
        needs.push_back(needed);
        graph.dependents[needed].push_back(static_cast<int>(job));
      }
    }
  }
  graph.order = topological_order(graph, blocked);
  if (graph.order.size() < workflow.jobs.size()) {
    GraphCheck(workflow, graph, index, diagnostics).run();
  }
  return graph;
}

}  // namespace crun::workflow
