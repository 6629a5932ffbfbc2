#include "runner/engine/engine.hpp"

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <utility>

#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <fmt/format.h>

#include "executor/error.hpp"
#include "executor/files/remove_tree.hpp"
#include "executor/host/engine_sweep.hpp"
#include "executor/job/job_runner.hpp"
#include "runner/cli/usage_error.hpp"
#include "runner/config/exit_codes.hpp"
#include "runner/config/paths.hpp"
#include "runner/engine/journal.hpp"
#include "runner/engine/machine.hpp"
#include "runner/engine/outcome.hpp"
#include "runner/engine/prepare.hpp"
#include "runner/engine/run_facts.hpp"
#include "runner/engine/run_folders.hpp"
#include "runner/engine/run_history.hpp"
#include "runner/engine/scheduler.hpp"
#include "runner/engine/sinks.hpp"
#include "runner/render/json_sink.hpp"
#include "runner/render/plain_sink.hpp"
#include "runner/render/printable.hpp"

namespace crun::runner {

namespace asio = boost::asio;
using namespace executor;
using Clock = std::chrono::steady_clock;

namespace {

constexpr auto heartbeat_interval = std::chrono::seconds(5);
constexpr auto removal_delay = std::chrono::milliseconds(20);
constexpr int blocking_threads = 4;

/// INT, TERM and HUP wait while folders are made and removed: Ctrl-C at any moment leaves nothing.
/// What is started gets a clean mask. Held until the process ends.
void hold_signals(int how) {
  sigset_t signals;
  ::sigemptyset(&signals);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) ::sigaddset(&signals, signal);
  ::pthread_sigmask(how, &signals, nullptr);
}

/// Under nohup the end of a terminal is to be ignored.
bool ignored(int signal) {
  struct sigaction action {};
  return ::sigaction(signal, nullptr, &action) == 0 && action.sa_handler == SIG_IGN;
}

/// Runs what the scheduler says until nothing is left, on one loop thread.
class Engine {
 public:
  Engine(
      const RunFacts& facts,
      Scheduler& scheduler,
      const Sinks& sinks,
      PlainSink* plain,
      std::optional<AgentProcess> agent)
      : facts_(facts),
        scheduler_(scheduler),
        sinks_(sinks),
        plain_(plain),
        pool_(blocking_threads),
        agents_(loop_.get_executor(), facts.agent_program, std::move(agent)),
        signals_(loop_, SIGINT, SIGTERM),
        heartbeat_(loop_),
        removal_(loop_) {
    if (!ignored(SIGHUP)) signals_.add(SIGHUP);
  }

  /// Returns the signal that ended the run, or 0.
  int run() {
    wait_for_signal();
    beat();
    apply(scheduler_.begin());
    end_if_done();
    hold_signals(SIG_UNBLOCK);
    loop_.run();
    hold_signals(SIG_BLOCK);
    remove_networks();
    facts_.actions->stop();  // what nobody waits for any more
    pool_.join();
    return signal_;
  }

 private:
  struct Running {
    JobCancel cancel;
    std::string name;
    Clock::time_point began;
  };

  void apply(Actions actions) {
    for (const auto& settled : actions.settled) {
      tell(JobFinished{
          settled.id, settled.name, settled.conclusion, facts_.masker->mask(settled.reason), {}});
    }
    for (const auto& [leg, reason] : actions.cancel) {
      if (const auto found = running_.find(leg); found != running_.end()) {
        found->second->cancel.cancel.request(reason);
      }
    }
    for (auto& leg : actions.start) start(std::move(leg));
    asio::post(loop_, [this] { prepare_next(); });
  }

  /// While those before it run: when its turn comes, its first step starts at once.
  void prepare_next() {
    const auto* leg = running_.empty() ? nullptr : scheduler_.next();
    if (leg == nullptr || (ahead_ && ahead_->first == leg->id)) return;
    try {
      ahead_.emplace(leg->id, lay_ground(loop_.get_executor(), facts_of(*leg), leg->id));
    } catch (const std::exception&) {  // the job itself will say so
      ahead_.reset();
    }
  }

  std::optional<JobGround> take_ground(const std::string& leg) {
    if (!ahead_ || ahead_->first != leg) return std::nullopt;
    auto ground = std::move(ahead_->second);
    ahead_.reset();
    return ground;
  }

  void start(Leg leg) {
    auto running = std::make_unique<Running>();
    running->name = facts_.masker->mask(leg.name);
    running->began = Clock::now();
    auto& cancel = running->cancel;
    running_[leg.id] = std::move(running);
    JobRequest request;
    request.id = leg.id;
    request.name = facts_.masker->mask(leg.name);
    request.job = leg.job;
    request.needs = leg.needs;
    request.strategy = leg.strategy;
    request.matrix = leg.matrix;
    const auto id = leg.id;
    auto emit = [this](Event::Body body) { tell(std::move(body)); };
    asio::co_spawn(
        loop_,
        run_job(
            {loop_.get_executor(), pool_, agents_, idle_networks_},
            facts_of(leg),
            std::move(request),
            emit,
            cancel,
            take_ground(id)),
        [this, id](std::exception_ptr error, JobResult result) {
          if (error) result.conclusion = Conclusion::failure;
          finished(id, result);
        });
  }

  void remove_networks() {
    if (idle_networks_.empty()) return;
    const EngineClient client{facts_.containers.engine, facts_.machine_environment};
    const auto left = executor::remove_networks(client, idle_networks_);
    if (left.empty()) return;
    note_left_in_engine(facts_.work_folder, left);
    sinks_.emit(Notice{"left in the engine: " + left});
  }

  /// A moment later, so that those of short legs go together: to wake a thread for each would cost
  /// more than the removal. Those of the last legs go with the run's own.
  void remove_later(const std::vector<std::filesystem::path>& folders) {
    const bool waits = !spent_.empty();
    spent_.insert(spent_.end(), folders.begin(), folders.end());
    if (waits) return;
    removal_.expires_after(removal_delay);
    removal_.async_wait([this](const boost::system::error_code& error) {
      if (error) return;
      asio::post(pool_.pool(), [folders = std::exchange(spent_, {})] {
        for (const auto& folder : folders) executor::remove_tree(folder);
      });
    });
  }

  /// What comes together is flushed together, when the loop gets to it: after the next step has
  /// been started, and not before.
  void tell(Event::Body body) {
    sinks_.give(std::move(body));
    if (std::exchange(flush_is_due_, true)) return;
    asio::post(loop_, [this] {
      flush_is_due_ = false;
      sinks_.flush();
    });
  }

  /// Jobs of a called workflow have inputs, secrets and env of their own.
  const RunFacts& facts_of(const Leg& leg) {
    if (!leg.call) return facts_;
    auto& facts = called_[leg.call];
    if (facts) return *facts;
    facts = std::make_unique<RunFacts>(called_facts(facts_, *leg.call));
    return *facts;
  }

  void finished(const std::string& id, const JobResult& result) {
    const auto found = running_.find(id);
    tell(JobFinished{
        id,
        found->second->name,
        result.conclusion,
        result.reason,
        std::chrono::duration_cast<std::chrono::milliseconds>(
            Clock::now() - found->second->began)});
    running_.erase(found);
    remove_later(result.folders);
    apply(scheduler_.finished(id, result.conclusion, result.outputs));
    end_if_done();
  }

  void end_if_done() {
    if (!running_.empty() || !scheduler_.done()) return;
    ahead_.reset();
    over_ = true;  // for what has come already and is about to be handled, and cannot be cancelled
    signals_.cancel();
    heartbeat_.cancel();
    removal_.cancel();
    agents_.dismiss();
  }

  /// The first signal cancels politely, the second one ends everything now.
  void wait_for_signal() {
    if (over_) return;
    signals_.async_wait([this](const boost::system::error_code& error, int signal) {
      if (error || over_) return;
      if (signal_ == 0) {
        signal_ = signal;
        cancel_all(signal);
      } else {
        for (auto& [id, running] : running_) running->cancel.force.request("the run was ended");
      }
      wait_for_signal();
    });
  }

  void cancel_all(int signal) {
    const auto reason = fmt::format(
        "the run was cancelled by SIG{}",
        signal == SIGINT    ? "INT"
        : signal == SIGTERM ? "TERM"
                            : "HUP");
    apply(scheduler_.cancel(reason));
    for (auto& [id, running] : running_) running->cancel.cancel.request(reason);
    end_if_done();
  }

  void beat() {
    if (plain_ == nullptr || over_) return;
    heartbeat_.expires_after(heartbeat_interval);
    heartbeat_.async_wait([this](const boost::system::error_code& error) {
      if (error || over_) return;
      plain_->heartbeat(std::chrono::system_clock::now());
      sinks_.flush();
      beat();
    });
  }

  const RunFacts& facts_;
  Scheduler& scheduler_;
  const Sinks& sinks_;
  PlainSink* plain_;
  asio::io_context loop_{1};
  BlockingPool pool_;
  AgentStock agents_;
  std::vector<std::string> idle_networks_;
  asio::signal_set signals_;
  asio::steady_timer heartbeat_, removal_;
  std::map<std::string, std::unique_ptr<Running>> running_;
  std::map<std::shared_ptr<const CallFacts>, std::unique_ptr<RunFacts>> called_;
  std::optional<std::pair<std::string, JobGround>> ahead_;  // of a leg that has not started
  std::vector<std::filesystem::path> spent_;                // folders of legs that have ended
  bool flush_is_due_ = false;
  bool over_ = false;
  int signal_ = 0;
};

int finish(
    const Sinks& sinks,
    RunConclusion conclusion,
    int code,
    std::string note = {},
    std::vector<PushedImage> images = {}) {
  sinks.emit(RunFinished{conclusion, code, std::move(images), std::move(note)});
  return code;
}

/// `run-name`, which people see; empty when there is none, or none can be made.
std::string title_of(const workflow::Workflow& workflow, const workflow::Object& contexts) {
  workflow::Scope scope;
  scope.contexts = contexts;
  try {
    return workflow.run_name ? evaluate_string(*workflow.run_name, scope) : std::string();
  } catch (const workflow::EvaluationError&) {
    return {};
  }
}

workflow::Object run_contexts(const PreparedRun& prepared) {
  workflow::Object contexts;
  contexts.set("github", prepared.github);
  contexts.set("vars", prepared.vars);
  contexts.set("inputs", prepared.inputs);
  return contexts;
}

RunStarted run_started(
    const PreparedRun& prepared, const std::string& run_id, const Masker& masker) {
  return {
      run_id,
      prepared.path,
      prepared.workflow->name.empty() ? prepared.path : prepared.workflow->name,
      prepared.event.name,
      prepared.event.ref,
      prepared.event.sha,
      masker.mask(title_of(*prepared.workflow, run_contexts(prepared)))};
}

/// Jobs named with --job must exist.
void check_jobs(const RunOptions& options, const workflow::Workflow& workflow) {
  for (const auto& id : options.jobs) {
    if (workflow.find_job(id) != nullptr) continue;
    std::string known;
    for (const auto& job : workflow.jobs) known += (known.empty() ? "" : ", ") + job.id;
    throw UsageError(fmt::format("there is no job '{}'; the workflow has: {}", id, known));
  }
}

/// While the workflow is still being read. Trouble is not told: the job that wants one says it.
std::optional<AgentProcess> start_agent() {
  try {
    return AgentProcess({});
  } catch (const Error&) {
    return std::nullopt;
  }
}

int run_prepared(
    const RunOptions& options,
    PreparedRun& prepared,
    std::optional<AgentProcess> agent,
    const std::string& run_id,
    Sinks sinks,  // a copy: with the outcome, which goes before an error is told
    PlainSink* plain,
    const Journal& journal) {
  hold_signals(SIG_BLOCK);
  const auto& paths = prepared.paths;
  const auto masker = make_masker(options);
  Outcome outcome;
  sinks.add(&outcome);
  sinks.emit(run_started(prepared, run_id, *masker));
  for (const auto& note : prepared.event.notes) sinks.emit(Notice{note});
  if (!prepared.event.reason.empty()) sinks.emit(Notice{prepared.event.reason});

  sweep_dead_runs(paths);
  // Ids of a service are short numbers, which another service may use too.
  const auto folder_name = options.service ? new_run_id() : run_id;
  RunFolders folders(paths, folder_name, crun_program());
  const auto facts = make_facts(options, prepared, run_id, folders, paths, masker);
  auto limits = scheduler_options(options);
  limits.calls = &prepared.calls;
  limits.secrets = prepared.secrets;
  Scheduler scheduler(
      *prepared.workflow, prepared.graph, run_contexts(prepared), std::move(limits));
  Engine engine(facts, scheduler, sinks, plain, std::move(agent));
  const int signal = engine.run();
  if (const auto left = folders.remove(); !left.empty()) {
    sinks.emit(Notice{"cannot be removed: " + left});
  }

  if (!journal.trouble().empty()) {
    std::fputs((journal.trouble() + "\n").c_str(), stderr);
    if (options.service && options.service->journal_ended) {
      options.service->journal_ended(journal.trouble());
    }
  }
  const auto note = outcome.note(options.act);
  if (signal != 0) {
    return finish(sinks, RunConclusion::cancelled, 128 + signal, note, outcome.images());
  }
  // A job whose time is over is cancelled, and with it the run: no success, as on GitHub.
  const auto result = scheduler.result();
  const int code = outcome.exit_code(result != Conclusion::success);
  auto conclusion = code == exit_success ? RunConclusion::success : RunConclusion::failure;
  if (result == Conclusion::cancelled) conclusion = RunConclusion::cancelled;
  return finish(sinks, conclusion, code, note, outcome.images());
}

/// Who looks at a run of the service sees its journal, not its stderr.
void tell_findings(const workflow::Diagnostics& diagnostics, const Sinks& sinks) {
  std::istringstream lines(render(diagnostics));
  for (std::string line; std::getline(lines, line);) sinks.emit(Notice{line});
}

}  // namespace

int run_workflow(const RunOptions& options) {
  JsonSink json(stdout);
  PlainSink plain(stdout, wants_colours());
  Sinks sinks;
  const bool for_people = !options.json && !options.service;
  if (options.json) sinks.add(&json);
  if (for_people) sinks.add(&plain);
  const auto run_id = options.service ? options.service->id : new_run_id();
  std::optional<Journal> journal;
  try {
    if (options.service) {
      hold_signals(SIG_BLOCK);  // a cancellation that comes early is served by the engine
      sinks.add(&journal.emplace(options.service->folder));
    }
    auto agent = start_agent();
    auto prepared = prepare_run(options, run_id);
    print(stderr, render(prepared.diagnostics));
    if (options.service) tell_findings(prepared.diagnostics, sinks);
    const bool refused =
        prepared.diagnostics.has_errors() ||
        (options.strict && prepared.diagnostics.count(workflow::Severity::warning) > 0);
    if (!prepared.workflow || refused) {
      const auto errors = prepared.diagnostics.count(workflow::Severity::error);
      return finish(
          sinks,
          RunConclusion::invalid,
          exit_invalid,
          fmt::format(
              "{} is not valid: {} error{}; nothing was run",
              prepared.path,
              errors,
              errors == 1 ? "" : "s"));
    }
    check_jobs(options, *prepared.workflow);
    if (!prepared.trigger.fires && !options.force) {
      print(
          stderr,
          fmt::format("crun: {}\n  help: {}\n", prepared.trigger.reason, prepared.trigger.cure));
      sinks.emit(run_started(prepared, run_id, *make_masker(options)));
      return finish(
          sinks,
          RunConclusion::not_triggered,
          exit_success,
          fmt::format("{} ({})", prepared.trigger.reason, prepared.trigger.cure));
    }
    if (!journal) sinks.add(&journal.emplace(run_folder(prepared.paths.state, run_id)));
    const int code = run_prepared(
        options,
        prepared,
        std::move(agent),
        run_id,
        sinks,
        for_people ? &plain : nullptr,
        *journal);
    if (!options.service) trim_history(prepared.paths);
    return code;
  } catch (const UsageError& error) {
    finish(sinks, RunConclusion::invalid, exit_invalid, error.what());
    throw;
  } catch (const Error& error) {
    finish(sinks, RunConclusion::failure, exit_trouble, error.what());
    throw;
  }
}

}  // namespace crun::runner
