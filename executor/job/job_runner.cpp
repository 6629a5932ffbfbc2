#include "executor/job/job_runner.hpp"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>

#include <boost/asio/steady_timer.hpp>
#include <fmt/format.h>

#include "executor/error.hpp"
#include "executor/host/agent_image.hpp"
#include "executor/host/host.hpp"
#include "executor/host/sandbox.hpp"
#include "executor/job/background_steps.hpp"
#include "executor/job/folders.hpp"
#include "executor/job/job_containers.hpp"
#include "executor/log/problem_matcher.hpp"
#include "executor/net/credentials.hpp"
#include "executor/process/offload.hpp"
#include "executor/step/action_stages.hpp"
#include "executor/step/step_runner.hpp"

namespace crun::executor {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

namespace {

constexpr double default_timeout_minutes = 360;
constexpr double default_cancel_timeout_minutes = 5;

class JobRunner {
 public:
  JobRunner(
      RunLoop loop,
      const RunFacts& run,
      JobRequest request,
      Emit emit,
      JobCancel& cancel,
      std::optional<JobGround> ground)
      : loop_(loop),
        run_(run),
        request_(std::move(request)),
        emit_(std::move(emit)),
        cancel_(cancel),
        ground_(std::move(ground)),
        sources_{run_, request_, folders_, state_, place_, files_},
        deadline_(loop.executor) {}

  asio::awaitable<JobResult> run() {
    emit_(JobStarted{request_.id, request_.name, request_.matrix});
    try {
      co_await set_up();
      co_await run_pres();
      co_await run_steps();
      co_await run_posts();
      compute_outputs();
      tell_environment();
    } catch (const Error& error) {
      fail(
          error.cure().empty() ? std::string(error.what())
                               : fmt::format("{} ({})", error.what(), error.cure()));
    } catch (const std::exception& error) {
      fail(error.what());
    }
    co_await tear_down();
    result_.conclusion = state_.status;
    co_return std::move(result_);
  }

 private:
  /// Folders, credentials, environment, agent; and every action the steps name is there.
  asio::awaitable<void> set_up() {
    if (!ground_) ground_ = lay_ground(loop_.executor, run_, request_.id);
    folders_ = std::move(ground_->folders);
    credentials_ = std::move(ground_->credentials);
    files_ = std::move(ground_->files);
    watch_cancel();
    co_await find_actions();
    evaluate_environment();
    machine_ = make_local_host(loop_.agents);
    co_await machine_->up();
    auto containers = std::make_unique<JobContainers>(
        loop_.executor,
        sources_,
        *machine_,
        loop_.idle_networks,
        [this](LogLine::Kind kind, const std::string& text) { say(kind, text); });
    if (containers->wanted()) {
      containers_ = std::move(containers);
      co_await containers_->up(place_, cancel_.cancel);
    }
    if (run_.sandbox && !place_.in_container) co_await make_sandbox();
  }

  /// Only for steps on the machine: those in a container are apart from it.
  asio::awaitable<void> make_sandbox() {
    make_container_folders(folders_);
    const auto own = fs::path(folders_.runner_folder).parent_path();
    SandboxFolders folders;
    folders.hidden = {run_.socket_folder.parent_path().string()};
    folders.readable = {
        run_.tool_cache.parent_path().string(),
        folders_.programs,
        fs::path(folders_.docker_config).parent_path().string(),
        run_.checkout.repository.string(),
        run_.crun_program};
    folders.writable = {own.string()};
    if (run_.live_workspace) folders.writable.push_back(folders_.workspace);
    folders.temp = folders_.private_temp;
    auto command = sandbox_command(run_.machine_environment, folders);
    const auto agent = fs::path(folders_.docker_config).parent_path() / "crun-agent";
    write_agent(agent);
    sandbox_ = make_local_host(loop_.executor, agent.string(), {}, std::move(command));
    place_.home = folders_.home;
    // The job's own names plugins, which docker outside would run; what is in the user's tool cache
    // is run by jobs without a sandbox.
    place_.docker_config = (own / "_docker").string();
    write_docker_config(place_.docker_config, run_.docker_config);
    folders_.tool_cache = (own / "_tool").string();
    fs::create_directory(folders_.tool_cache);
    co_await sandbox_->up();
  }

  Host& step_host() {
    if (containers_ && containers_->host()) return *containers_->host();
    return sandbox_ ? *sandbox_ : *machine_;
  }

  /// All that the steps use and that does not come with the job's files. Most jobs use nothing, and
  /// a thread's turn for nothing would be the dearest part of a short one.
  asio::awaitable<void> find_actions() {
    const auto& steps = request_.job->steps;
    const auto uses_nothing = [](const workflow::Step& step) {
      return step.uses.empty() && step.parallel.empty();
    };
    if (std::all_of(steps.begin(), steps.end(), uses_nothing)) co_return;
    const ActionPlace place{folders_.workspace, {}, {}, {}};
    auto resolve = [job = request_.job, place, store = run_.actions] {
      ActionUses uses;
      resolve_uses(job->steps, {}, place, *store, uses);
      return uses;
    };
    uses_ = co_await offload_unless(cancel_.cancel, loop_.pool, std::move(resolve));
  }

  /// The workflow's env, then the job's, each in the light of what stands so far.
  void evaluate_environment() {
    state_.env = run_.extra_environment;
    for (const auto& token : {run_.workflow->env, request_.job->env}) {
      const auto scope = job_scope(sources_, workflow::Object());
      for (auto& [name, value] : evaluate_mapping(token.get(), scope)) {
        state_.env.set(name, value);
      }
    }
  }

  /// What a cancelled job may still take, and how long a job may take at all.
  void watch_cancel() {
    cancelled_ = cancel_.cancel.on_request([this] {
      if (state_.status == Conclusion::success) state_.status = Conclusion::cancelled;
      if (result_.reason.empty()) result_.reason = cancel_.cancel.reason();
      arm(minutes(request_.job->cancel_timeout_minutes, default_cancel_timeout_minutes),
          [this] { cancel_.force.request("the job did not end in time after it was cancelled"); });
    });
    const auto limit = minutes(request_.job->timeout_minutes, default_timeout_minutes);
    arm(limit, [this, limit] {
      cancel_.cancel.request(
          fmt::format("the job has exceeded the maximum execution time of {} minutes", limit));
    });
  }

  double minutes(const workflow::TokenPtr& token, double otherwise) {
    if (!token) return otherwise;
    const auto value = evaluate(*token, job_scope(sources_, workflow::Object()));
    return value.to_number() > 0 ? value.to_number() : otherwise;
  }

  void arm(double limit, std::function<void()> then) {
    deadline_.expires_after(std::chrono::milliseconds(static_cast<std::int64_t>(limit * 60'000)));
    deadline_.async_wait([then = std::move(then)](const boost::system::error_code& error) {
      if (!error) then();
    });
  }

  JobParts parts() {
    auto* store = credentials_.get();
    return JobParts{
        sources_,
        state_,
        step_host(),
        *machine_,
        emit_,
        matchers_,
        loop_.pool,
        cancel_.cancel,
        [store](const std::string& registry) { return store->find(registry); },
        posts_,
        uses_};
  }

  /// What actions do before the first step, in the order of their steps.
  asio::awaitable<void> run_pres() {
    for (const auto& step : request_.job->steps) {
      co_await run_pre_of(frame_, step);
      StepFrame group = frame_;
      group.scope = step.id + "/";
      for (const auto& inner : step.parallel) co_await run_pre_of(group, inner);
    }
  }

  asio::awaitable<void> run_pre_of(StepFrame& frame, const workflow::Step& step) {
    const auto use = uses_.find(use_key(frame, step));
    if (use == uses_.end() || !has_pre(use->second, use->first, uses_)) co_return;
    if (cancel_.cancel.requested()) co_return;
    auto parts = this->parts();
    const auto result = co_await run_pre(parts, frame, step, use->second, ++number_, cancel_.force);
    note_failure(result);
  }

  asio::awaitable<void> run_steps() {
    auto parts = this->parts();
    background_ = std::make_unique<BackgroundSteps>(loop_.executor, parts, frame_, cancel_.force);
    const auto& steps = request_.job->steps;
    for (const auto& step : steps) {
      if (&step == &steps.back() && posts_.empty()) files_.enough();
      const auto result = co_await run_main(parts, step);
      note_failure(result);
    }
    const auto result = co_await background_->settle();
    note_failure(result);
  }

  asio::awaitable<StepResult> run_main(JobParts& parts, const workflow::Step& step) {
    using Kind = workflow::Step::Kind;
    const int number = ++number_;
    switch (step.kind) {
      case Kind::wait:
      case Kind::wait_all:
      case Kind::cancel:
        co_return co_await background_->run_control(step, number);
      case Kind::parallel:
        number_ += static_cast<int>(step.parallel.size()) - 1;
        co_return co_await background_->run_parallel(step, number);
      default:
        break;
    }
    if (!step.background) {
      co_return co_await run_step(parts, frame_, step, number, cancel_.force);
    }
    background_->start(step, number);
    co_return StepResult();
  }

  void note_failure(const StepResult& result) {
    if (result.conclusion != Conclusion::failure || !result_.reason.empty()) return;
    result_.reason = fmt::format("step {} ({}): {}", number_, result.name, result.reason);
  }

  /// Last registered first; also after failures and when the job was cancelled.
  asio::awaitable<void> run_posts() {
    auto parts = this->parts();
    while (!posts_.empty() && !cancel_.force.requested()) {
      const auto post = std::move(posts_.back());
      posts_.pop_back();
      co_await run_post(parts, frame_, post, ++number_, cancel_.force);
    }
  }

  /// Values that hold a secret are dropped, empty ones left out, as on GitHub.
  void compute_outputs() {
    if (!request_.job->outputs) return;
    const auto scope = job_scope(sources_, frame_.steps);
    for (auto& [name, value] : evaluate_mapping(request_.job->outputs.get(), scope)) {
      if (value.empty()) continue;
      if (run_.masker->contains_secret(value)) {
        say(LogLine::Kind::warning,
            fmt::format("Skip output '{}' since it may contain secret.", name));
        continue;
      }
      result_.outputs.emplace_back(name, value);
    }
  }

  /// Where the job deployed to, for people; a URL that holds a secret is dropped, as on GitHub.
  void tell_environment() {
    const auto& environment = request_.job->environment;
    if (!environment || state_.status != Conclusion::success) return;
    const auto scope = job_scope(sources_, frame_.steps);
    const auto value = evaluate(*environment, scope);
    const auto member = [&](const char* key) {
      const auto* found = value.is_object() ? value.object().find(key) : nullptr;
      return found != nullptr ? found->to_string() : std::string();
    };
    const auto name = value.is_object() ? member("name") : value.to_string();
    const auto url = member("url");
    if (name.empty()) return;
    const bool shown = !url.empty() && !run_.masker->contains_secret(url);
    say(LogLine::Kind::text, fmt::format("environment {}{}", name, shown ? ": " + url : ""));
  }

  asio::awaitable<void> tear_down() {
    deadline_.cancel();
    cancelled_.reset();
    if (background_) co_await background_->abandon();
    if (containers_) {
      const auto left = co_await containers_->down();
      if (!left.empty()) say(LogLine::Kind::warning, "left in the engine: " + left);
    }
    if (sandbox_) co_await sandbox_->down();
    const auto work = run_.work_folder / folder_name(request_.id);
    if (machine_) {
      auto parts = this->parts();
      co_await empty_after_docker_actions(parts, work.string());
      co_await machine_->down();
    }
    credentials_.reset();
    files_.abandon();
    result_.folders = {work, run_.socket_folder / folder_name(request_.id)};
  }

  /// What goes wrong because the job was cancelled meanwhile does not make it a failure.
  void fail(const std::string& reason) {
    if (state_.status == Conclusion::cancelled) return say(LogLine::Kind::text, reason);
    state_.status = Conclusion::failure;
    if (result_.reason.empty()) result_.reason = run_.masker->mask(reason);
    say(LogLine::Kind::error, reason);
  }

  /// A line outside any step.
  void say(LogLine::Kind kind, const std::string& text) {
    const auto line = run_.masker->mask(text);
    emit_(LogLine{request_.id, 0, kind, line});
    if (kind == LogLine::Kind::error || kind == LogLine::Kind::warning) {
      emit_(Annotation{request_.id, 0, kind, line, {}});
    }
  }

  RunLoop loop_;
  const RunFacts& run_;
  const JobRequest request_;
  Emit emit_;
  JobCancel& cancel_;
  std::optional<JobGround> ground_;
  JobFolders folders_;
  JobState state_;
  JobPlace place_;
  ContextSources sources_;
  MatcherSet matchers_;
  StepFrame frame_;
  std::vector<PostStep> posts_;
  ActionUses uses_;
  FileCommandStock files_;
  std::unique_ptr<BackgroundSteps> background_;
  int number_ = 0;
  std::unique_ptr<CredentialStore> credentials_;
  std::unique_ptr<Host> machine_;
  std::unique_ptr<Host> sandbox_;  // of the steps, with --sandbox
  std::unique_ptr<JobContainers> containers_;
  CancelSource::Subscription cancelled_;
  asio::steady_timer deadline_;
  JobResult result_;
};

}  // namespace

asio::awaitable<JobResult> run_job(
    RunLoop loop,
    const RunFacts& run,
    JobRequest request,
    Emit emit,
    JobCancel& cancel,
    std::optional<JobGround> ground) {
  JobRunner runner(loop, run, std::move(request), std::move(emit), cancel, std::move(ground));
  co_return co_await runner.run();
}

}  // namespace crun::executor
