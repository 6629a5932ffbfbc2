#include "runner/server/repository_desk.hpp"

#include <algorithm>
#include <chrono>
#include <exception>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <fmt/format.h>

#include "executor/error.hpp"
#include "executor/git/remote_url.hpp"
#include "executor/process/offload.hpp"
#include "runner/cli/usage_error.hpp"
#include "runner/config/exit_codes.hpp"
#include "runner/engine/machine.hpp"
#include "runner/render/event_json.hpp"
#include "runner/server/service_log.hpp"
#include "runner/server/webhook_reader.hpp"

namespace crun::runner {

namespace asio = boost::asio;
using namespace std::chrono_literals;

namespace {

constexpr auto first_pause = 2s;  // after a failure; doubled with each further one
constexpr auto longest_pause = std::chrono::seconds(300);
constexpr int events_shown = 20;
constexpr int tasks_between_tidying = 64;
constexpr std::int64_t silence_ms = 30'000;  // git waits for ever: what hangs is at least told

std::string short_id(const std::string& id) {
  return id.substr(0, 7);
}

StoredRun run_of(
    const RepositoryConfig& config,
    const StartedWorkflow& workflow,
    const std::string& event,
    const std::string& ref,
    const std::string& sha) {
  StoredRun run;
  run.repository = config.name;
  run.workflow = workflow.name;
  run.path = workflow.path;
  run.event = event;
  run.ref = ref;
  run.sha = sha;
  run.group = workflow.group;
  run.cancel_in_progress = workflow.cancel_in_progress;
  return run;
}

}  // namespace

RepositoryDesk::RepositoryDesk(
    asio::io_context& loop,
    executor::BlockingPool& pool,
    Store& store,
    RunKeeper& keeper,
    const StateFolder& folder,
    const RepositoryConfig& config)
    : loop_(loop),
      pool_(pool),
      store_(store),
      keeper_(keeper),
      config_(config),
      mirror_(
          folder.mirror(config.name),
          config.url,
          std::make_shared<executor::git::RemoteProgram>(crun_program())),
      timer_(loop) {
  store_.know_repository(config_.name, config_.url);
}

void RepositoryDesk::begin(std::function<void()> looked, const std::vector<std::int64_t>& left) {
  post([this, looked] { return look(looked); });
  for (const auto delivery : left) {
    take(delivery, std::nullopt, [](const auto&) {});
  }
}

void RepositoryDesk::take(std::int64_t delivery, std::optional<ToldPush> push, TakenRuns taken) {
  post([this, delivery, push, taken] { return decide(delivery, push, taken); });
}

void RepositoryDesk::dispatch(DispatchWish wish, std::function<void(DispatchAnswer)> answer) {
  post([this, wish, answer] { return decide_wish(wish, answer); });
}

RepositoryStatus RepositoryDesk::status() const {
  RepositoryStatus status;
  status.name = config_.name;
  status.url = executor::git::without_credentials(config_.url);
  status.last_error = last_error_;
  const auto waited = at_work_ ? now_ms() - task_began_ms_ : 0;
  if (last_error_.empty() && waited > silence_ms) {
    status.last_error = fmt::format("it has not answered for {} s", waited / 1000);
  }
  status.last_look_ms = last_look_ms_;
  status.recent_events = store_.silent_events(config_.name, events_shown);
  return status;
}

void RepositoryDesk::stop() {
  stopped_ = true;
  timer_.cancel();
}

void RepositoryDesk::post(Task task) {
  tasks_.push_back(std::move(task));
  if (!std::exchange(at_work_, true)) asio::co_spawn(loop_, work(), asio::detached);
}

asio::awaitable<void> RepositoryDesk::work() {
  while (!tasks_.empty() && !stopped_) {
    const auto task = std::move(tasks_.front());
    tasks_.pop_front();
    task_began_ms_ = now_ms();
    co_await task();
    if (tasks_.empty() && tasks_done_++ % tasks_between_tidying == 0) co_await tidy();
  }
  at_work_ = false;
}

asio::awaitable<void> RepositoryDesk::tidy() {
  try {
    auto task = [mirror = mirror_] { mirror.tidy(); };
    co_await executor::offload(pool_, std::move(task));
  } catch (const std::exception& error) {
    service_log(LogLevel::warning, fmt::format("repository={} {}", config_.name, error.what()));
  }
}

LookRequest RepositoryDesk::request() const {
  return {mirror_, config_.name, config_.url, config_.vars};
}

void RepositoryDesk::worked() {
  if (failures_ > 0)
    service_log(LogLevel::info, fmt::format("repository={} is back", config_.name));
  failures_ = 0;
  last_error_.clear();
  last_look_ms_ = now_ms();
  // What could not be decided while it was away comes first now.
  for (const auto& [delivery, taken] : std::exchange(waiting_, {})) {
    take(delivery, std::nullopt, taken);
  }
}

void RepositoryDesk::failed(const std::string& reason) {
  ++failures_;
  if (last_error_ != reason) {
    service_log(LogLevel::warning, fmt::format("repository={} {}", config_.name, reason));
  }
  last_error_ = reason;
  last_look_ms_ = now_ms();
}

void RepositoryDesk::look_later() {
  auto pause = config_.poll;
  if (failures_ > 0) {
    const std::chrono::milliseconds back_off = first_pause * (1 << std::min(failures_ - 1, 8));
    pause = std::max<std::chrono::milliseconds>(
        pause, std::min<std::chrono::milliseconds>(back_off, longest_pause));
  }
  if (pause.count() == 0 || stopped_) return;
  timer_.expires_after(pause);
  timer_.async_wait([this](const boost::system::error_code& error) {
    if (!error) post([this] { return look([] {}); });
  });
}

asio::awaitable<void> RepositoryDesk::look(std::function<void()> looked) {
  std::string problem;
  try {
    const bool first_look = !store_.looked_at(config_.name);
    const bool open = !opened_;
    auto task =
        [request = request(), positions = store_.positions(config_.name), first_look, open] {
          if (open) request.mirror.open();
          return look_at(request, positions, first_look);
        };
    const Look found = co_await executor::offload(pool_, std::move(task));
    opened_ = true;
    take_look(found, first_look);
  } catch (const std::exception& error) {
    problem = error.what();
  }
  if (problem.empty()) {
    worked();
  } else {
    failed(problem);
  }
  look_later();
  looked();
}

void RepositoryDesk::at_once(const std::function<void()>& change) {
  try {
    Transaction all(store_.database());
    change();
    all.commit();
  } catch (...) {
    keeper_.forget_changes();
    throw;
  }
  keeper_.settle();
}

void RepositoryDesk::take_look(const Look& look, bool first_look) {
  if (!first_look && look.changes.empty()) return;
  at_once([&] {
    if (first_look) {
      for (const auto& [ref, object] : look.refs) store_.set_position(config_.name, ref, object);
      store_.set_looked_at(config_.name);
    }
    for (const auto& change : look.changes) {
      const bool gone = change.after == zero_id;
      Movement movement;
      movement.before = change.before;
      movement.after = change.after;
      movement.polled = true;
      movement.told = change.before;
      store_.add_movement(config_.name, change.ref, movement);
      store_.set_position(config_.name, change.ref, gone ? "" : change.after);
      queue_runs(change);
    }
  });
}

std::vector<std::string> RepositoryDesk::queue_runs(const RefChange& change) {
  std::vector<std::string> ids;
  for (const auto& workflow : change.match.started) {
    auto run = run_of(config_, workflow, "push", change.ref, change.sha);
    ids.push_back(keeper_.add(std::move(run), *change.payload.text));
  }
  if (ids.empty()) {
    store_.add_silent_event(
        config_.name,
        fmt::format(
            "{} push to {} ({} -> {}): {}",
            format_time(std::chrono::system_clock::now()),
            change.ref,
            short_id(change.before),
            short_id(change.after),
            change.match.why_not));
  }
  return ids;
}

asio::awaitable<void> RepositoryDesk::decide(
    std::int64_t delivery, std::optional<ToldPush> push, TakenRuns taken) {
  std::string problem;
  std::vector<std::string> runs;
  try {
    if (!push) {
      auto reading = [text = store_.delivery_body(delivery)]() mutable {
        return read_push(std::move(text));
      };
      ToldPush found = co_await executor::offload(pool_, std::move(reading));
      push = std::move(found);
    }
    const auto positions = store_.positions(config_.name);
    const auto last = positions.find(push->ref);
    const auto position = last == positions.end() ? zero_id : last->second;
    const auto movements = store_.movements(config_.name, push->ref);
    auto task = [request = request(), push = *push, position, movements] {
      return decide_push(request, push, position, movements);
    };
    const PushDecision decision = co_await executor::offload(pool_, std::move(task));
    runs = take_decision(delivery, decision);
  } catch (const std::exception& error) {
    problem = error.what();
  }
  if (problem.empty()) {
    taken(runs);
    co_return;
  }
  failed(problem);
  waiting_.emplace_back(delivery, taken);
  look_later();
}

std::vector<std::string> RepositoryDesk::take_decision(
    std::int64_t delivery, const PushDecision& decision) {
  std::vector<std::string> runs;
  const auto& change = decision.change;
  at_once([&] {
    if (decision.verdict.told) store_.set_told(*decision.verdict.told, change.after);
    if (decision.verdict.moves_position) {
      store_.set_position(config_.name, change.ref, change.after == zero_id ? "" : change.after);
    }
    if (decision.verdict.fresh) {
      Movement movement;
      movement.before = change.before;
      movement.after = change.after;
      movement.told = change.after;
      store_.add_movement(config_.name, change.ref, movement);
      runs = queue_runs(change);
    }
    store_.close_delivery(delivery);
  });
  return runs;
}

asio::awaitable<void> RepositoryDesk::decide_wish(
    DispatchWish wish, std::function<void(DispatchAnswer)> answer) {
  DispatchAnswer told;
  try {
    auto task = [request = request(), wish] { return decide_dispatch(request, wish); };
    const DispatchDecision decision = co_await executor::offload(pool_, std::move(task));
    told = queue_dispatch(decision);
  } catch (const UsageError& error) {
    told.error = error.what();
    told.help = error.cure();
    told.exit_code = exit_invalid;
  } catch (const std::exception& error) {
    told.error = error.what();
    told.exit_code = exit_trouble;
  }
  answer(told);
}

DispatchAnswer RepositoryDesk::queue_dispatch(const DispatchDecision& decision) {
  auto run = run_of(config_, decision.workflow, "workflow_dispatch", decision.ref, decision.sha);
  DispatchAnswer answer;
  at_once([&] { answer.run = keeper_.add(std::move(run), *decision.payload.text); });
  return answer;
}

}  // namespace crun::runner
