// The graph of `needs` as GitHub checks it: take away the jobs that can run, again and again; what
// stays waits for an unknown job or for itself.

#include <algorithm>
#include <deque>
#include <string>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "workflow/expression/value.hpp"
#include "workflow/model/job_reader.hpp"
#include "workflow/source/spelling.hpp"

namespace crun::workflow {

namespace {

struct Waiting {
  const Job* job;
  std::vector<Need> needs;  // that are not fulfilled yet
};

bool same(std::string_view left, std::string_view right) {
  return compare_ignoring_case(left, right) == 0;
}

/// The jobs on the way from `from` back to itself through needs that are not fulfilled.
std::vector<std::string> cycle_through(const std::vector<Waiting>& waiting, const Waiting& from) {
  const auto find = [&](std::string_view id) {
    return std::find_if(waiting.begin(), waiting.end(), [&](const Waiting& other) {
      return same(other.job->id, id);
    });
  };
  // Breadth first, so that the shortest way is told.
  std::vector<std::pair<const Waiting*, std::size_t>> seen = {{&from, 0}};
  for (std::size_t at = 0; at < seen.size(); ++at) {
    for (const auto& need : seen[at].first->needs) {
      if (same(need.job, from.job->id)) {
        std::vector<std::string> path = {from.job->id};
        for (auto step = at; step != 0; step = seen[step].second) {
          path.insert(path.begin() + 1, seen[step].first->job->id);
        }
        path.push_back(from.job->id);
        return path;
      }
      const auto next = find(need.job);
      if (next == waiting.end()) continue;
      const auto known = [&](const auto& entry) { return entry.first == &*next; };
      if (std::none_of(seen.begin(), seen.end(), known)) seen.emplace_back(&*next, at);
    }
  }
  return {};
}

std::vector<Waiting> unfulfilled(const std::vector<Job>& jobs) {
  std::deque<const Job*> ready;
  std::vector<Waiting> waiting;
  for (const auto& job : jobs) {
    if (job.needs.empty()) {
      ready.push_back(&job);
    } else {
      waiting.push_back({&job, job.needs});
    }
  }
  while (!ready.empty()) {
    const auto* current = ready.front();
    ready.pop_front();
    for (auto i = waiting.size(); i-- > 0;) {
      auto& needs = waiting[i].needs;
      std::erase_if(needs, [&](const Need& need) { return same(need.job, current->id); });
      if (!needs.empty()) continue;
      ready.push_back(waiting[i].job);
      waiting.erase(waiting.begin() + static_cast<std::ptrdiff_t>(i));
    }
  }
  return waiting;
}

}  // namespace

void check_needs(const Token& jobs_token, const std::vector<Job>& jobs, Diagnostics& diagnostics) {
  const auto& source = jobs_token.source;
  const bool can_begin =
      std::any_of(jobs.begin(), jobs.end(), [](const Job& job) { return job.needs.empty(); });
  const auto waiting = unfulfilled(jobs);
  if (!can_begin && !jobs.empty()) {
    auto& finding = diagnostics.error(
        source,
        jobs_token.span,
        "needs",
        "The workflow must contain at least one job with no dependencies.");
    for (const auto& stuck : waiting) {
      const auto path = cycle_through(waiting, stuck);
      if (path.empty()) continue;
      finding.help = fmt::format("these jobs wait for each other: {}", fmt::join(path, " -> "));
      break;
    }
    return;
  }
  std::vector<std::string> ids;
  for (const auto& job : jobs) ids.push_back(job.id);
  for (const auto& stuck : waiting) {
    for (const auto& need : stuck.needs) {
      const bool known = std::any_of(
          ids.begin(), ids.end(), [&](const std::string& id) { return same(id, need.job); });
      if (known) {
        auto& finding = diagnostics.error(
            source,
            need.span,
            "needs",
            fmt::format(
                "Job '{}' depends on job '{}' which creates a cycle in the dependency graph.",
                stuck.job->id,
                need.job));
        const auto path = cycle_through(waiting, stuck);
        if (!path.empty()) finding.help = fmt::format("the cycle: {}", fmt::join(path, " -> "));
        continue;
      }
      auto& finding = diagnostics.error(
          source,
          need.span,
          "needs",
          fmt::format("Job '{}' depends on unknown job '{}'.", stuck.job->id, need.job));
      const auto similar = nearest(need.job, ids);
      finding.help = similar ? fmt::format("did you mean `{}`?", *similar)
                             : fmt::format("jobs of this workflow: {}", fmt::join(ids, ", "));
    }
  }
}

}  // namespace crun::workflow
