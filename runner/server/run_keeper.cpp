#include "runner/server/run_keeper.hpp"

#include <algorithm>
#include <chrono>
#include <csignal>

#include <sys/statvfs.h>

#include <fmt/format.h>
#include <malloc.h>

#include "executor/error.hpp"
#include "executor/files/remove_tree.hpp"
#include "executor/files/write.hpp"
#include "runner/config/exit_codes.hpp"
#include "runner/engine/journal.hpp"
#include "runner/engine/machine.hpp"
#include "runner/server/journal_facts.hpp"
#include "runner/server/run_queue.hpp"
#include "runner/server/run_start.hpp"
#include "runner/server/service_log.hpp"

namespace crun::runner {

namespace asio = boost::asio;
namespace fs = std::filesystem;
using executor::ExitStatus;
using namespace std::chrono_literals;

namespace {

constexpr auto retry_interval = 2s;
// A job that ignores INT gets TERM and KILL from its run within 11 s; after that the run itself is
// not waited for: a second INT ends all at once, KILL leaves the rest to the agent.
constexpr auto interrupt_patience = 11s;
constexpr auto second_patience = 2s;

/// Belongs to this daemon, not to what it starts.
constexpr const char* own_variables[] = {
    "NOTIFY_SOCKET",
    "WATCHDOG_PID",
    "WATCHDOG_USEC",
    "INVOCATION_ID",
    "JOURNAL_STREAM",
    "SYSTEMD_EXEC_PID",
    "LISTEN_PID",
    "LISTEN_FDS",
    "LISTEN_FDNAMES",
    "CREDENTIALS_DIRECTORY",
    "STATE_DIRECTORY",
    "CACHE_DIRECTORY",
    "RUNTIME_DIRECTORY",
    "CRUN_STATE"};

bool is_disk_full(const fs::path& folder) {
  struct statvfs facts {};
  return ::statvfs(folder.c_str(), &facts) == 0 && facts.f_bavail == 0;
}

/// Why a run ended whose journal does not tell it.
std::string told_end(const std::optional<ExitStatus>& status, const fs::path& folder) {
  if (const auto note = note_of_run(folder); !note.empty()) return note;
  if (is_disk_full(folder)) return "no space is left on the disk of " + folder.string();
  if (!status) return "its process was killed, or crashed, while no daemon was its parent";
  if (status->signalled()) return fmt::format("its process was {}", status->text());
  return fmt::format("its process ended without a result: {}", status->text());
}

/// Of a run that says nothing of it itself.
std::string reason_of(const JournalEnd& end) {
  if (end.conclusion != "cancelled") return "a job failed";
  return end.exit_code == exit_failure ? "a job was cancelled" : "a signal cancelled it";
}

RunRecord ended_record(
    const StoredRun& run, const std::optional<ExitStatus>& status, const fs::path& folder) {
  RunRecord record = run;
  record.ended_ms = now_ms();
  if (const auto end = journal_end(folder / journal_name)) {
    record.conclusion = end->conclusion;
    record.exit_code = end->exit_code;
    record.reason = end->note;
    if (end->conclusion == "cancelled" && !run.cancel_reason.empty()) {
      record.reason = run.cancel_reason;
    } else if (record.reason.empty() && end->conclusion != "success") {
      record.reason = reason_of(*end);
    }
  } else if (!run.cancel_reason.empty()) {
    record.conclusion = "cancelled";
    record.exit_code = exit_interrupted;
    record.reason = run.cancel_reason;
  } else {
    record.conclusion = "failure";
    record.exit_code = exit_trouble;
    record.reason = told_end(status, folder);
  }
  return record;
}

}  // namespace

RunKeeper::RunKeeper(
    asio::io_context& loop,
    Store& store,
    const StateFolder& folder,
    const ServeConfig& config,
    Told told)
    : loop_(loop),
      store_(store),
      folder_(folder),
      config_(config),
      told_(std::move(told)),
      program_(crun_program()),
      watch_(loop.get_executor(), [this](const std::string& run) { journal_grew(run); }),
      retry_(loop) {}

StoredRun* RunKeeper::find(const std::string& id) {
  const auto found =
      std::find_if(open_.begin(), open_.end(), [&](const auto& run) { return run.id == id; });
  return found == open_.end() ? nullptr : &*found;
}

std::vector<const StoredRun*> RunKeeper::in_order() const {
  std::vector<const StoredRun*> runs;
  for (const auto& run : open_) runs.push_back(&run);
  return runs;
}

void RunKeeper::take_back() {
  const auto runs = store_.open_runs();
  open_.assign(runs.begin(), runs.end());
  for (const auto& each : runs) {
    auto* run = find(each.id);
    if (run != nullptr && run->state != RunState::queued) take_back(*run);
  }
  settle();
  forget_old_runs();
}

void RunKeeper::take_back(StoredRun& run) {
  const auto folder = folder_.run(run.id);
  if (auto process = RunProcess::adopt(loop_.get_executor(), folder)) {
    service_log(LogLevel::info, fmt::format("run={} taken back pid={}", run.id, process->id()));
    attach(run, std::move(process));
    journal_grew(run.id);
    if (run.interrupted) lose_patience(run.id, 0);
  } else if (journal_started(folder / journal_name) || journal_end(folder / journal_name)) {
    const std::optional<ExitStatus> unknown;
    end(run.id, ended_record(run, unknown, folder));
  } else {
    // Killed between the intention and the first event: nothing has run.
    run.state = RunState::queued;
    run.started_ms = 0;
    store_.set_state(run.id, run.state, 0);
  }
}

std::string RunKeeper::add(StoredRun run, const std::string& payload) {
  store_.add_run(run, payload);
  open_.push_back(run);
  for (const auto& [id, reason] : cancelled_by_newest(in_order())) {
    store_.set_cancel(id, reason);
    find(id)->cancel_reason = reason;
  }
  return run.id;
}

void RunKeeper::forget_changes() {
  try {
    const auto stored = store_.open_runs();
    std::deque<StoredRun> kept(stored.begin(), stored.end());
    open_.swap(kept);
  } catch (const executor::Error& error) {
    service_log(LogLevel::error, error.what());
  }
}

void RunKeeper::settle() {
  try {
    for (const auto& [id, record] : std::map(unstored_ends_)) end(id, record);
    const std::deque<StoredRun> runs = open_;
    for (const auto& each : runs) {
      auto* run = find(each.id);
      if (run == nullptr || run->cancel_reason.empty()) continue;
      if (run->state == RunState::queued) {
        end(run->id, ended_record(*run, std::nullopt, folder_.run(run->id)));
      } else if (!run->interrupted) {
        interrupt(*run);
      }
    }
    if (draining_) return;
    for (const auto& id : startable(in_order(), config_.capacity)) {
      if (auto* run = find(id)) start(*run);
    }
  } catch (const executor::Error& error) {
    service_log(LogLevel::error, error.what());
    retry_later();
  }
}

void RunKeeper::retry_later() {
  retry_.expires_after(retry_interval);
  retry_.async_wait([this](const boost::system::error_code& error) {
    if (!error) settle();
  });
}

void RunKeeper::start(StoredRun& run) {
  const auto folder = folder_.run(run.id);
  std::error_code error;
  fs::create_directories(folder, error);
  fs::remove(folder / journal_name, error);
  executor::write_file(folder / "event.json", store_.payload(run.id));
  const auto now = now_ms();
  store_.set_state(run.id, RunState::starting, now);
  run.state = RunState::starting;
  run.started_ms = now;
  try {
    attach(
        run, RunProcess::start(loop_.get_executor(), folder, command_of(run), environment_of(run)));
  } catch (const executor::Error& problem) {
    auto record = ended_record(run, std::nullopt, folder);
    record.reason = problem.what();
    end(run.id, record);
    return;
  }
  service_log(
      LogLevel::info,
      fmt::format("run={} repository={} workflow={} started", run.id, run.repository, run.path));
  told_(run.id);
}

void RunKeeper::attach(const StoredRun& run, std::unique_ptr<RunProcess> process) {
  const auto id = run.id;
  groups_.enter(id, process->id());
  process->on_exit([this, id](std::optional<ExitStatus> status) { exited(id, status); });
  live_[id].process = std::move(process);
  watch_.add(id, folder_.run(id));
}

std::vector<std::string> RunKeeper::command_of(const StoredRun& run) const {
  const auto folder = folder_.run(run.id);
  // The event has been matched when it came; what the mirror has now does not change that.
  std::vector<std::string> argv = {
      program_,
      "run",
      run.path,
      "--directory",
      folder_.mirror(run.repository),
      "--no-act",
      "--force",
      "--event",
      run.event,
      "--event-file",
      folder / "event.json",
      "--ref",
      run.ref,
      "--sha",
      run.sha,
      "--service-run",
      run.id,
      "--service-folder",
      folder};
  const auto add = [&](const char* option, const auto& pairs) {
    for (const auto& [name, value] : pairs) {
      argv.emplace_back(option);
      argv.push_back(name + "=" + value);
    }
  };
  add("--platform", config_.labels);
  if (const auto* repository = config_.find(run.repository)) {
    add("--var", repository->vars);
    add("--env", repository->env);
    add("--registry-map", repository->registry_map);
  }
  return argv;
}

executor::Environment RunKeeper::environment_of(const StoredRun& run) const {
  auto environment = executor::Environment::inherited();
  for (const auto& name : config_.secret_variables) environment.unset(name);
  for (const auto* name : own_variables) environment.unset(name);
  if (const auto* repository = config_.find(run.repository)) {
    for (const auto& [name, value] : repository->secrets) {
      environment.set(std::string(service_secret_prefix) + name, value);
    }
  }
  return environment;
}

void RunKeeper::journal_grew(const std::string& id) {
  auto* run = find(id);
  if (run == nullptr) return;
  if (run->state == RunState::starting && journal_started(folder_.run(id) / journal_name)) {
    try {
      store_.set_state(id, RunState::running, run->started_ms);
      run->state = RunState::running;
    } catch (const executor::Error& error) {
      service_log(LogLevel::error, error.what());
    }
  }
  told_(id);
}

void RunKeeper::exited(const std::string& id, std::optional<ExitStatus> status) {
  const auto* run = find(id);
  if (run == nullptr) return;
  const auto record = ended_record(*run, status, folder_.run(id));
  watch_.remove(id);
  live_.erase(id);
  end(id, record);
  settle();
  if (!live_.empty()) return;
  ::malloc_trim(0);  // bodies, journals and pages have been read meanwhile; now nothing is to do
  if (idle_) idle_();
}

void RunKeeper::interrupt(StoredRun& run) {
  const auto found = live_.find(run.id);
  if (found == live_.end()) return;
  found->second.process->signal(SIGINT);
  run.interrupted = true;
  store_.set_interrupted(run.id);
  lose_patience(run.id, 0);
}

void RunKeeper::lose_patience(const std::string& id, int times) {
  const auto found = live_.find(id);
  if (found == live_.end() || times > 2) return;
  if (times > 0) found->second.process->signal(times == 1 ? SIGINT : SIGKILL);
  found->second.patience = std::make_unique<asio::steady_timer>(
      loop_, times == 0 ? asio::steady_timer::duration(interrupt_patience) : second_patience);
  found->second.patience->async_wait([this, id, times](const boost::system::error_code& error) {
    if (!error) lose_patience(id, times + 1);
  });
}

void RunKeeper::end(const std::string& id, RunRecord record) {
  groups_.end(id);
  record.state = RunState::ended;
  if (!store_end(record)) {
    unstored_ends_[id] = record;
    retry_later();
    return;
  }
  unstored_ends_.erase(id);
  std::erase_if(open_, [&](const StoredRun& run) { return run.id == id; });
  service_log(
      record.conclusion == "success" ? LogLevel::info : LogLevel::warning,
      fmt::format("run={} ended conclusion={} {}", id, record.conclusion, record.reason));
  told_(id);
  forget_old_runs();
}

void RunKeeper::forget_old_runs() {
  constexpr std::int64_t hour_ms = 3'600'000;
  constexpr int at_once = 50;  // the loop waits for it
  const auto now = now_ms();
  if (now < forget_next_ms_) return;
  forget_next_ms_ = now + hour_ms;
  try {
    const auto old = store_.runs_ended_before(now - 24 * hour_ms * config_.retention_days, at_once);
    if (old.size() == at_once) forget_next_ms_ = 0;
    for (const auto& id : old) {
      // The folder first: nobody would look for it without the run.
      const auto trouble = executor::remove_tree(folder_.run(id));
      if (!trouble.empty()) throw executor::Error("cannot be removed: " + trouble);
      store_.remove_run(id);
    }
    if (!old.empty()) {
      service_log(
          LogLevel::info,
          fmt::format(
              "forgot {} runs, from run={} on: retention_days is over", old.size(), old[0]));
    }
  } catch (const executor::Error& error) {
    service_log(LogLevel::warning, fmt::format("old runs stay: {}", error.what()));
  }
}

bool RunKeeper::store_end(const RunRecord& record) {
  try {
    Transaction all(store_.database());
    store_.end_run(record);
    all.commit();
    return true;
  } catch (const executor::Error& error) {
    service_log(LogLevel::error, fmt::format("run={} {}", record.id, error.what()));
    return false;
  }
}

void RunKeeper::cancel(const std::string& id, const std::string& reason) {
  auto* run = find(id);
  if (run == nullptr || !run->cancel_reason.empty()) return;
  store_.set_cancel(id, reason);
  run->cancel_reason = reason;
  settle();
}

void RunKeeper::drain(std::function<void()> idle) {
  draining_ = true;
  idle_ = std::move(idle);
  if (live_.empty()) idle_();
}

}  // namespace crun::runner
