#include "runner/server/pages.hpp"

#include <algorithm>
#include <chrono>

#include <fmt/format.h>

#include "runner/server/ansi_html.hpp"
#include "runner/server/assets.hpp"
#include "runner/server/page_template.hpp"
#include "runner/server/run_json.hpp"

namespace crun::runner {

namespace {

/// A log up to this length is shown whole; in a longer one only what failed or runs is open.
constexpr std::size_t lines_shown_open = 200;

std::string human_duration(std::int64_t ms) {
  const auto seconds = ms / 1000;
  if (ms < 1000) return fmt::format("{} ms", ms);
  if (ms < 10'000) return fmt::format("{}.{} s", seconds, ms % 1000 / 100);
  if (seconds < 60) return fmt::format("{} s", seconds);
  if (seconds < 3600) return fmt::format("{} min {:02} s", seconds / 60, seconds % 60);
  return fmt::format("{} h {:02} min", seconds / 3600, seconds / 60 % 60);
}

/// How long a job or step took that has ended and has not been skipped.
std::string took(const std::string& conclusion, std::int64_t ms) {
  const bool known = !conclusion.empty() && conclusion != "skipped";
  return known ? human_duration(ms) : "";
}

/// "2026-11-21 13:20:27 UTC"; scripts make local time of it.
std::string human_time(std::int64_t unix_ms) {
  auto text = rfc3339(unix_ms);
  text.resize(text.find('.'));
  text[text.find('T')] = ' ';
  return text + " UTC";
}

std::string without_prefix(const std::string& text, std::string_view prefix) {
  return text.starts_with(prefix) ? text.substr(prefix.size()) : text;
}

std::string short_ref(const std::string& ref) {
  return without_prefix(without_prefix(ref, "refs/heads/"), "refs/tags/");
}

/// A URL may hold a password.
std::string without_user(std::string url) {
  const auto scheme = url.find("://");
  if (scheme == std::string::npos) return url;
  const auto host = scheme + 3;
  const auto at = url.substr(0, url.find('/', host)).rfind('@');
  if (at != std::string::npos && at >= host) url.erase(host, at + 1 - host);
  return url;
}

/// The one word for where a run is: its conclusion when there is one.
std::string word_of(const RunRecord& run) {
  return run.conclusion.empty() ? std::string(to_string(run.state)) : run.conclusion;
}

void set_run(PageValues& values, const RunRecord& run) {
  values.text("id", run.id);
  values.text("repository", run.repository);
  values.text("workflow", without_prefix(run.workflow, ".github/workflows/"));
  values.text("event", run.event);
  values.text("ref", run.ref);
  values.text("short_ref", short_ref(run.ref));
  values.text("sha", run.sha);
  values.text("short_sha", run.sha.substr(0, 7));
  values.text("state", word_of(run));
  values.text("reason", run.reason);
  const auto since = run.started_ms != 0 ? run.started_ms : run.created_ms;
  values.text("time", since == 0 ? "" : rfc3339(since));
  values.text("human_time", since == 0 ? "" : human_time(since));
  values.flag("started", run.started_ms != 0);
  values.flag("live", run.state != RunState::ended);
  const auto duration = run_duration(run, std::chrono::system_clock::now());
  values.text("duration", duration ? human_duration(duration->count()) : "");
}

void set_repository(PageValues& values, const RepositoryStatus& repository) {
  values.text("name", repository.name);
  values.text("url", without_user(repository.url));
  values.text("error", repository.last_error);
  const auto looked = repository.last_look_ms;
  values.text("time", looked == 0 ? "" : rfc3339(looked));
  values.text("human_time", looked == 0 ? "" : human_time(looked));
  values.flag("has_events", !repository.recent_events.empty());
  values.text("count", std::to_string(repository.recent_events.size()));
  for (const auto& event : repository.recent_events) values.item("events").text("text", event);
}

/// Groups do not nest on GitHub: one ends where the next begins, and the last with its step.
void set_lines(PageValues& values, const PageStep& step) {
  bool in_group = false;
  const auto end_group = [&values, &in_group] {
    if (in_group) values.item("lines").flag("endgroup", true);
    in_group = false;
  };
  for (const auto& line : step.lines) {
    if (line.kind == "group" || line.kind == "endgroup") end_group();
    if (line.kind == "endgroup") continue;
    auto& item = values.item("lines");
    item.html("text", ansi_html(line.text));
    if (line.kind == "group") {
      item.flag("group", true);
      in_group = true;
    } else {
      item.flag("line", true);
      item.text("kind", line.kind);
    }
  }
  end_group();
}

void set_step(PageValues& values, const PageJob& job, const PageStep& step, bool all_open) {
  const bool running = step.conclusion.empty() && job.conclusion.empty() && step.number > 0;
  const bool failed = step.conclusion == "failure";
  const bool has_lines = !step.lines.empty() || step.lines_left_out > 0;
  values.text("number", std::to_string(step.number));
  values.text("name", step.name);
  values.text("state", running ? "running" : step.conclusion);
  values.text("reason", step.reason);
  values.text("duration", took(step.conclusion, step.duration_ms));
  values.flag("open", running || failed || (all_open && has_lines));
  values.flag("skipped", step.conclusion == "skipped");
  values.text("left_out", step.lines_left_out > 0 ? std::to_string(step.lines_left_out) : "");
  values.text("summary", step.summary);
  set_lines(values, step);
}

void set_job(PageValues& values, const PageJob& job, std::size_t index, bool all_open) {
  values.text("anchor", fmt::format("job-{}", index + 1));
  values.text("id", job.id);
  values.text("name", job.name);
  values.text("state", job.conclusion.empty() ? "running" : job.conclusion);
  values.text("reason", job.reason);
  values.text("duration", took(job.conclusion, job.duration_ms));
  for (const auto& step : job.steps) set_step(values.item("steps"), job, step, all_open);
}

/// What is worse comes first.
int rank_of(const std::string& level) {
  return level == "error" ? 0 : level == "warning" ? 1 : 2;
}

void set_results(PageValues& values, const RunPage& page) {
  values.flag("has_images", !page.images.empty());
  for (const auto& image : page.images) {
    auto& item = values.item("images");
    item.text("ref", image.ref);
    item.text("digest", image.digest);
    item.text("state", image.verified ? "verified" : image.state);
    item.text("detail", image.detail);
  }
  values.flag("has_annotations", !page.annotations.empty());
  auto annotations = page.annotations;
  std::stable_sort(annotations.begin(), annotations.end(), [](const auto& a, const auto& b) {
    return rank_of(a.level) < rank_of(b.level);
  });
  for (const auto& annotation : annotations) {
    auto& item = values.item("annotations");
    item.text("level", annotation.level);
    item.text("job", annotation.job);
    item.text("title", annotation.title);
    item.text("place", annotation.place);
    item.html("message", ansi_html(annotation.message));
  }
  for (const auto& notice : page.notices) values.item("notices").text("text", notice);
}

/// What was going on when the process of a run was killed has ended as the run has.
RunPage ended_with(const RunRecord& run, RunPage page) {
  if (run.state != RunState::ended) return page;
  for (auto& job : page.jobs) {
    for (auto& step : job.steps) {
      const bool cut = step.number > 0 && step.conclusion.empty() && job.conclusion.empty();
      if (cut) step.conclusion = run.conclusion;
    }
    if (job.conclusion.empty()) job.conclusion = run.conclusion;
  }
  return page;
}

}  // namespace

std::string list_page(
    const std::vector<RunRecord>& runs, const std::vector<RepositoryStatus>& repositories) {
  PageValues values;
  for (const auto& run : runs) set_run(values.item("runs"), run);
  values.flag("has_runs", !runs.empty());
  values.text("count", std::to_string(runs.size()));
  values.flag("has_repositories", !repositories.empty());
  for (const auto& repository : repositories) {
    set_repository(values.item("repositories"), repository);
    if (repository.last_error.empty()) continue;
    auto& problem = values.item("problems");
    problem.text("name", repository.name);
    problem.text("error", repository.last_error);
  }
  return fill(list_template(), values);
}

std::string run_page(const RunRecord& run, const RunPage& read) {
  const auto page = ended_with(run, read);
  PageValues values;
  set_run(values, run);
  if (!page.name.empty()) values.text("name", page.name);
  if (page.name.empty()) values.text("name", without_prefix(run.workflow, ".github/workflows/"));
  values.text("last_id", std::to_string(page.last_id));
  values.text("lines", std::to_string(page.lines));
  values.text("note", page.note == run.reason ? "" : page.note);
  values.text("left_out", page.lines_left_out > 0 ? std::to_string(page.lines_left_out) : "");
  values.text("kept", std::to_string(page.lines - page.lines_left_out));
  const bool all_open = page.lines <= lines_shown_open;
  for (std::size_t i = 0; i < page.jobs.size(); ++i) {
    set_job(values.item("jobs"), page.jobs[i], i, all_open);
    auto& link = values.item("links");
    link.text("anchor", fmt::format("job-{}", i + 1));
    link.text("id", page.jobs[i].id);
    link.text("name", page.jobs[i].name);
    link.text("state", page.jobs[i].conclusion.empty() ? "running" : page.jobs[i].conclusion);
  }
  values.flag("no_jobs", page.jobs.empty());
  set_results(values, page);
  return fill(run_template(), values);
}

std::string error_page(int status, const std::string& message) {
  PageValues values;
  values.text("status", std::to_string(status));
  values.text("message", message);
  return fill(error_template(), values);
}

}  // namespace crun::runner
