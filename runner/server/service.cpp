#include "runner/server/service.hpp"

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <utility>

#include <fmt/format.h>

#include "executor/error.hpp"
#include "runner/config/exit_codes.hpp"
#include "runner/engine/journal.hpp"
#include "runner/server/service_log.hpp"

namespace crun::runner {

namespace asio = boost::asio;
using namespace std::chrono_literals;

namespace {

// A repository that does not answer must not keep the others waiting: each has a thread, up to
// here.
constexpr auto first_looks_limit = 5s;
constexpr std::size_t most_git_threads = 32;

std::size_t git_threads(const ServeConfig& config) {
  return std::clamp<std::size_t>(config.repositories.size(), 1, most_git_threads);
}

}  // namespace

Service::Service(ServeConfig config, const ServeOptions& options)
    : config_(std::move(config)),
      options_(options),
      folder_(options.state),
      store_(folder_.database()),
      pool_(git_threads(config_)),
      keeper_(loop_, store_, folder_, config_, [this](const std::string& run) { tell(run); }),
      intake_(loop_, store_, config_.repositories, [this](const auto& name) { return desk(name); }),
      http_(loop_, *this, options.listen),
      control_(loop_, folder_.socket(), *this, *this),
      signals_(loop_, SIGINT, SIGTERM),
      patience_(loop_) {
  store_.forget_old();
  for (const auto& repository : config_.repositories) {
    desks_.push_back(
        std::make_unique<RepositoryDesk>(loop_, pool_, store_, keeper_, folder_, repository));
  }
}

Service::~Service() = default;

int Service::run() {
  wait_for_signal();
  keeper_.take_back();
  begin();
  loop_.run();
  return exit_success;
}

void Service::begin() {
  const auto deliveries = store_.open_deliveries();
  looks_left_ = desks_.size();
  for (const auto& desk : desks_) {
    std::vector<std::int64_t> left;
    for (const auto& delivery : deliveries) {
      if (delivery.repository == desk->config().name) left.push_back(delivery.id);
    }
    // A look is taken again and again; only the first one counts here.
    desk->begin(
        [this] {
          if (--looks_left_ == 0) ready();
        },
        left);
  }
  if (desks_.empty()) return ready();
  patience_.expires_after(first_looks_limit);
  patience_.async_wait([this](const boost::system::error_code& error) {
    if (!error) ready();
  });
}

void Service::ready() {
  if (std::exchange(ready_, true) || ending_) return;
  patience_.cancel();
  const auto colon = options_.listen.rfind(':');
  std::printf(
      "listening on http://%s:%d\n", options_.listen.substr(0, colon).c_str(), http_.port());
  std::fflush(stdout);
  notify_supervisor("READY=1");
}

/// The first signal drains, the second one does not wait any more. Runs go on in either case.
void Service::wait_for_signal() {
  signals_.async_wait([this](const boost::system::error_code& error, int) {
    if (error) return;
    if (std::exchange(ending_, true)) return end();
    notify_supervisor("STOPPING=1");
    for (const auto& desk : desks_) desk->stop();
    patience_.expires_after(options_.drain_timeout);
    patience_.async_wait([this](const boost::system::error_code& cancelled) {
      if (!cancelled) end();
    });
    wait_for_signal();
    keeper_.drain([this] { end(); });
  });
}

void Service::end() {
  http_.stop();
  control_.stop();
  const bool busy =
      std::any_of(desks_.begin(), desks_.end(), [](const auto& desk) { return desk->busy(); });
  // A silent server is given up after a minute only, and nothing that counts is in memory only.
  if (busy) std::_Exit(exit_success);
  loop_.stop();
}

void Service::tell(const std::string& run) {
  for (const auto& [handle, listener] : std::map(listeners_)) listener(run);
}

RepositoryDesk* Service::desk(const std::string& name) {
  const auto found = std::find_if(
      desks_.begin(), desks_.end(), [&](const auto& each) { return each->config().name == name; });
  return found == desks_.end() ? nullptr : found->get();
}

std::vector<RunRecord> Service::runs(int limit) const {
  return store_.newest_runs(limit);
}

std::optional<RunRecord> Service::run(const std::string& id) const {
  return store_.run(id);
}

std::filesystem::path Service::journal(const std::string& id) const {
  return folder_.run(id) / journal_name;
}

std::vector<RepositoryStatus> Service::repositories() const {
  std::vector<RepositoryStatus> all;
  for (const auto& desk : desks_) all.push_back(desk->status());
  return all;
}

std::size_t Service::listen(Listener listener) {
  listeners_[++last_listener_] = std::move(listener);
  return last_listener_;
}

void Service::unlisten(std::size_t handle) {
  listeners_.erase(handle);
}

void Service::webhook(WebhookRequest request, std::function<void(WebhookAnswer)> answer) {
  intake_.take(std::move(request), std::move(answer));
}

void Service::cancel(const std::string& id, const std::string& reason) {
  keeper_.cancel(id, reason);
}

void Service::dispatch(
    const std::string& repository,
    const DispatchWish& wish,
    std::function<void(DispatchAnswer)> answer) {
  if (auto* found = desk(repository)) return found->dispatch(wish, std::move(answer));
  DispatchAnswer refused_wish;
  refused_wish.error = "this service serves no repository " + repository;
  for (const auto& each : config_.repositories) {
    refused_wish.help += (refused_wish.help.empty() ? "it serves " : ", ") + each.name;
  }
  refused_wish.exit_code = exit_invalid;
  answer(refused_wish);
}

}  // namespace crun::runner
