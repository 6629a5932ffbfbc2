#include "runner/server/control_server.hpp"

#include <map>
#include <optional>
#include <set>
#include <utility>

#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "executor/host/bell.hpp"
#include "executor/net/unix_socket.hpp"
#include "runner/config/exit_codes.hpp"
#include "runner/server/run_json.hpp"

namespace crun::runner {

namespace asio = boost::asio;
using boost::system::error_code;
using Json = nlohmann::ordered_json;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t longest_request = 1 << 20;
constexpr auto long_time = std::chrono::hours(24);

Json refusal(const std::string& error, const std::string& help, int code) {
  return {{"error", error}, {"help", help}, {"exit", code}};
}

Json answer_json(const DispatchAnswer& answer) {
  if (answer.error.empty()) return {{"run", answer.run}};
  return refusal(answer.error, answer.help, answer.exit_code);
}

Json run_answer(const ServiceView& view, const RunRecord& run) {
  auto object = Json::parse(run_json(run));
  object["exit_code"] = run.exit_code;
  object["ended_ms"] = run.ended_ms;
  return {{"run", object}, {"journal", view.journal(run.id).string()}};
}

}  // namespace

struct ControlServer::Impl {
  using Socket = asio::local::stream_protocol::socket;

  Impl(asio::io_context& made_loop, ServiceView& seen, ControlTarget& changed)
      : loop(made_loop), view(seen), target(changed), acceptor(made_loop) {}

  static asio::awaitable<void> accept_all(std::shared_ptr<Impl> self);
  static asio::awaitable<void> serve(std::shared_ptr<Impl> self, std::shared_ptr<Socket> peer);
  asio::awaitable<void> answer(Socket& peer, Json request);
  asio::awaitable<void> follow(Socket& peer, std::string id);
  asio::awaitable<void> wait_for_end(Socket& peer, std::string id);
  asio::awaitable<void> dispatch(Socket& peer, Json request);
  static asio::awaitable<void> send(Socket& peer, Json message);

  asio::io_context& loop;
  ServiceView& view;
  ControlTarget& target;
  asio::posix::stream_descriptor acceptor;
  std::filesystem::path path;
  std::multimap<std::string, executor::Bell*> waiting;  // for news of a run
  std::size_t handle = 0;
  bool stopped = false;
};

namespace {

/// The place of one among those that wait for news of a run.
class Seat {
 public:
  using Waiting = std::multimap<std::string, executor::Bell*>;
  Seat(Waiting& all, const std::string& run, executor::Bell& bell)
      : all_(all), place_(all.emplace(run, &bell)) {}
  Seat(const Seat&) = delete;
  Seat& operator=(const Seat&) = delete;
  ~Seat() { all_.erase(place_); }

 private:
  Waiting& all_;
  Waiting::iterator place_;
};

}  // namespace

asio::awaitable<void> ControlServer::Impl::accept_all(std::shared_ptr<Impl> self) {
  error_code error;
  while (!self->stopped) {
    co_await self->acceptor.async_wait(
        asio::posix::stream_descriptor::wait_read,
        asio::redirect_error(asio::use_awaitable, error));
    if (error || self->stopped) co_return;
    const int fd =
        ::accept4(self->acceptor.native_handle(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (fd < 0) continue;
    auto peer = std::make_shared<Socket>(self->loop);
    peer->assign(asio::local::stream_protocol(), fd, error);
    asio::co_spawn(self->loop, serve(self, peer), asio::detached);
  }
}

asio::awaitable<void> ControlServer::Impl::serve(
    std::shared_ptr<Impl> self, std::shared_ptr<Socket> peer) {
  std::string text, problem;
  try {
    co_await asio::async_read_until(
        *peer, asio::dynamic_buffer(text, longest_request), '\n', asio::use_awaitable);
    auto request = Json::parse(text, nullptr, false);
    if (request.is_object()) co_await self->answer(*peer, std::move(request));
  } catch (const std::exception& error) {
    problem = error.what();
  }
  if (problem.empty()) co_return;
  try {  // whoever asked may be gone
    auto message = refusal(problem, "", exit_trouble);
    co_await send(*peer, std::move(message));
  } catch (const std::exception&) {
  }
}

asio::awaitable<void> ControlServer::Impl::send(Socket& peer, Json message) {
  const auto text = message.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
  co_await asio::async_write(peer, asio::buffer(text), asio::use_awaitable);
}

asio::awaitable<void> ControlServer::Impl::answer(Socket& peer, Json request) {
  const auto command = request.value("command", "");
  if (command == "runs") {
    Json repositories = Json::array();
    for (const auto& each : view.repositories()) {
      repositories.push_back({{"name", each.name}, {"error", each.last_error}});
    }
    Json message = {
        {"runs", Json::parse(runs_json(view.runs(request.value("limit", 1000))))},
        {"repositories", std::move(repositories)}};
    co_await send(peer, std::move(message));
    co_return;
  }
  if (command == "dispatch") {
    co_await dispatch(peer, std::move(request));
    co_return;
  }
  const auto id = request.value("run", "");
  const auto run = view.run(id);
  if (!run) {
    auto message = refusal("there is no run " + id, "crun runs lists them", exit_invalid);
    co_await send(peer, std::move(message));
  } else if (command == "run") {
    auto message = run_answer(view, *run);
    co_await send(peer, std::move(message));
  } else if (command == "follow") {
    co_await follow(peer, id);
  } else if (command == "cancel") {
    target.cancel(id, "it was cancelled by `crun cancel`");
    co_await wait_for_end(peer, id);
  } else {
    auto message = refusal("unknown command " + command, "", exit_trouble);
    co_await send(peer, std::move(message));
  }
}

/// A line at once and after each change; the last one tells that it has ended.
asio::awaitable<void> ControlServer::Impl::follow(Socket& peer, std::string id) {
  executor::Bell bell(loop.get_executor());
  const Seat seat(waiting, id, bell);
  while (true) {
    const auto run = view.run(id);
    if (!run) co_return;
    auto message = run_answer(view, *run);
    co_await send(peer, std::move(message));
    if (run->state == RunState::ended) co_return;
    const auto deadline = std::chrono::steady_clock::now() + long_time;
    co_await bell.wait_until(deadline);
  }
}

asio::awaitable<void> ControlServer::Impl::wait_for_end(Socket& peer, std::string id) {
  executor::Bell bell(loop.get_executor());
  const Seat seat(waiting, id, bell);
  while (true) {
    const auto run = view.run(id);
    if (!run || run->state == RunState::ended) break;
    const auto deadline = std::chrono::steady_clock::now() + long_time;
    co_await bell.wait_until(deadline);
  }
  const auto run = view.run(id);
  if (!run) co_return;
  auto message = run_answer(view, *run);
  co_await send(peer, std::move(message));
}

asio::awaitable<void> ControlServer::Impl::dispatch(Socket& peer, Json request) {
  struct Told {
    explicit Told(const asio::any_io_executor& executor) : bell(executor) {}
    executor::Bell bell;
    std::optional<DispatchAnswer> answer;
  };
  const auto told = std::make_shared<Told>(loop.get_executor());
  DispatchWish wish;
  wish.workflow = request.value("workflow", "");
  wish.ref = request.value("ref", "");
  for (const auto& [name, value] : request["inputs"].items()) {
    wish.inputs[name] = value.get<std::string>();
  }
  target.dispatch(request.value("repository", ""), wish, [told](DispatchAnswer answer) {
    told->answer = std::move(answer);
    told->bell.ring();
  });
  while (!told->answer) {
    const auto deadline = std::chrono::steady_clock::now() + long_time;
    co_await told->bell.wait_until(deadline);
  }
  auto message = answer_json(*told->answer);
  co_await send(peer, std::move(message));
}

ControlServer::ControlServer(
    asio::io_context& loop,
    const std::filesystem::path& path,
    ServiceView& view,
    ControlTarget& target)
    : impl_(std::make_shared<Impl>(loop, view, target)) {
  ::unlink(path.c_str());  // the state directory is locked: nobody listens there
  impl_->acceptor.assign(executor::listen_on_unix_socket(path).release());
  impl_->path = path;
  impl_->handle = view.listen([impl = impl_.get()](const std::string& run) {
    const auto [begin, end] = impl->waiting.equal_range(run);
    for (auto each = begin; each != end; ++each) each->second->ring();
  });
  asio::co_spawn(loop, Impl::accept_all(impl_), asio::detached);
}

void ControlServer::stop() {
  if (std::exchange(impl_->stopped, true)) return;
  impl_->view.unlisten(impl_->handle);
  error_code ignored;
  impl_->acceptor.close(ignored);
  ::unlink(impl_->path.c_str());
}

ControlServer::~ControlServer() {
  stop();
}

}  // namespace crun::runner
