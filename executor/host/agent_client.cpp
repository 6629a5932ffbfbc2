#include "executor/host/agent_client.hpp"

#include <cerrno>
#include <csignal>
#include <exception>
#include <map>
#include <optional>

#include <boost/asio/buffer.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/write.hpp>

#include "executor/error.hpp"
#include "executor/host/agent/protocol.hpp"
#include "executor/host/bell.hpp"

namespace crun::executor {

using agent::FrameType;
using boost::system::error_code;
using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

namespace {

/// After KILL nothing of a step is left, unless it escaped or the kernel holds it: no reason to
/// wait long.
constexpr milliseconds patience_after_kill{500};
constexpr std::size_t small_chunk = 8192, large_chunk = 131072;
constexpr char agent_lost[] = "lost the agent that runs the steps of this job";

/// What is known of one program, told by the agent's frames.
struct Running {
  Running(asio::any_io_executor executor, SpawnRequest what, OutputHandler handler)
      : request(std::move(what)), output(std::move(handler)), bell(std::move(executor)) {}

  SpawnRequest request;
  OutputHandler output;
  Bell bell;
  std::optional<ExitStatus> exited;
  Usage usage;
  std::string start_error;
  std::exception_ptr handler_error;  // thrown by the handler of its output
  bool closed = false;
  bool group_gone = false;
};

/// GitHub's own words for a program that cannot be started.
std::string start_error_text(
    const SpawnRequest& request, agent::StartStage stage, std::uint32_t error) {
  const std::string& program = request.argv.empty() ? std::string() : request.argv.front();
  std::string why = system_error_text(static_cast<int>(error));
  std::string text = "An error occurred trying to start process '" + program + "'";
  if (!request.directory.empty() && stage != agent::StartStage::prepare) {
    text += " with working directory '" + request.directory + "'";
  }
  return text + ". " + why;
}

}  // namespace

/// Shared with the operations under way, which may end after the client has gone.
struct AgentClient::Channel : std::enable_shared_from_this<Channel> {
  Channel(asio::any_io_executor executor, Fd from_agent, Fd to_agent)
      : from(executor, from_agent.release()), to(executor, to_agent.release()), bell(executor) {}

  void read();
  void handle(agent::FrameReader& frame);
  void handle_step(agent::FrameReader& frame, Running& step);
  void send_spawn(std::uint32_t id, Running& step);
  void send_command(FrameType type, std::uint32_t step = 0);
  void send_signal(std::uint32_t step, int number);
  void write();
  void lose();

  asio::posix::stream_descriptor from, to;
  agent::FrameBuffer incoming;
  agent::Bytes outgoing, being_written;
  std::map<std::uint32_t, std::shared_ptr<Running>> steps;
  std::uint32_t last_id = 0;
  std::uint32_t empty_after = 0;  // the step after which nothing was left below the agent
  bool lost = false;
  std::size_t chunk = small_chunk;  // read at a time; large once there is much to read

  Bell bell;  // for what is said of the agent itself
  std::optional<std::uint32_t> version;
  Environment environment;
  std::optional<std::uint32_t> left;  // of kill_all
};

void AgentClient::Channel::read() {
  auto room = asio::buffer(incoming.room(chunk), chunk);
  from.async_read_some(room, [self = shared_from_this()](error_code error, std::size_t size) {
    if (error) return self->lose();
    if (size == self->chunk) self->chunk = large_chunk;
    self->incoming.added(size);
    std::string_view text;
    auto next = self->incoming.next(text);
    for (; next == agent::FrameBuffer::Next::frame; next = self->incoming.next(text)) {
      agent::FrameReader frame(text);
      self->handle(frame);
    }
    if (next == agent::FrameBuffer::Next::too_large) return self->lose();
    if (!self->lost) self->read();
  });
}

void AgentClient::Channel::handle(agent::FrameReader& frame) {
  if (frame.type() == FrameType::hello) {
    version = frame.u32();
    frame.u32();  // its pid
    for (std::uint32_t count = frame.u32(); count > 0 && !frame.broken(); --count) {
      std::string_view line = frame.text();
      auto equals = line.find('=');
      if (equals == std::string_view::npos) continue;
      environment.set(std::string(line.substr(0, equals)), std::string(line.substr(equals + 1)));
    }
    bell.ring();
  } else if (frame.type() == FrameType::all_gone) {
    frame.u32();
    left = frame.u32();
    bell.ring();
  } else if (auto found = steps.find(frame.step()); found != steps.end()) {
    auto step = found->second;  // the handler of its output may end it
    handle_step(frame, *step);
  }
}

void AgentClient::Channel::handle_step(agent::FrameReader& frame, Running& step) {
  switch (frame.type()) {
    case FrameType::output: {
      Stream stream = frame.u8() == 0 ? Stream::out : Stream::err;
      if (!step.output || step.handler_error) return;
      try {
        step.output(stream, frame.rest());
        return;
      } catch (...) {
        step.handler_error = std::current_exception();
      }
      break;
    }
    case FrameType::start_error: {
      auto stage = static_cast<agent::StartStage>(frame.u8());
      step.start_error = start_error_text(step.request, stage, frame.u32());
      break;
    }
    case FrameType::exited:
      step.exited = ExitStatus::from_wait(static_cast<int>(frame.u32()));
      step.usage.cpu = std::chrono::microseconds(frame.u64());
      step.usage.peak_memory = frame.u64();
      break;
    case FrameType::closed:
      step.closed = true;
      break;
    case FrameType::group_gone:
      step.group_gone = true;
      empty_after = frame.u32();
      break;
    default:
      return;
  }
  step.bell.ring();
}

void AgentClient::Channel::send_spawn(std::uint32_t id, Running& step) {
  std::size_t before = outgoing.size();
  {
    agent::FrameWriter frame(outgoing, FrameType::spawn, id);
    frame.texts(step.request.argv);
    frame.texts(step.request.environment.lines());
    frame.text(step.request.directory);
    frame.text(step.request.script);
  }
  if (outgoing.size() - before > agent::max_frame) {  // far beyond what the kernel takes
    outgoing.resize(before);
    step.start_error = start_error_text(step.request, agent::StartStage::program, E2BIG);
    return;
  }
  write();
}

void AgentClient::Channel::send_command(FrameType type, std::uint32_t step) {
  { agent::FrameWriter frame(outgoing, type, step); }
  write();
}

void AgentClient::Channel::send_signal(std::uint32_t step, int number) {
  {
    agent::FrameWriter frame(outgoing, FrameType::signal, step);
    frame.u32(static_cast<std::uint32_t>(number));
  }
  write();
}

void AgentClient::Channel::write() {
  if (lost || outgoing.empty() || !being_written.empty()) return;
  being_written.swap(outgoing);
  asio::async_write(
      to, asio::buffer(being_written), [self = shared_from_this()](error_code error, std::size_t) {
        self->being_written.clear();
        if (error) return self->lose();
        self->write();
      });
}

void AgentClient::Channel::lose() {
  if (lost) return;
  lost = true;
  error_code ignored;
  from.close(ignored);
  to.close(ignored);
  bell.ring();
  for (auto& [id, step] : steps) step->bell.ring();
}

namespace {

/// The end of a step's stay in the channel, however run() is left.
class Stay {
 public:
  Stay(
      std::map<std::uint32_t, std::shared_ptr<Running>>& steps,
      std::uint32_t id,
      std::shared_ptr<Running> step,
      std::function<void(FrameType)> send)
      : steps_(steps), id_(id), send_(std::move(send)) {
    steps_.emplace(id, std::move(step));
  }
  ~Stay() {
    if (kill_) send_(FrameType::kill_step);
    if (discard_) send_(FrameType::discard);
    steps_.erase(id_);
  }
  Stay(const Stay&) = delete;
  Stay& operator=(const Stay&) = delete;

  void ended(bool kill_rest, bool discard_output) {
    kill_ = kill_rest;
    discard_ = discard_output;
  }

 private:
  std::map<std::uint32_t, std::shared_ptr<Running>>& steps_;
  std::uint32_t id_;
  std::function<void(FrameType)> send_;
  bool kill_ = true, discard_ = true;  // when the coroutine is dropped on its way
};

}  // namespace

/// INT, TERM, KILL: what was sent last, and when it is time for the next.
struct AgentClient::Ladder {
  int rung = 0;
  Clock::time_point next = Clock::time_point::max();

  void climb(Channel& channel, std::uint32_t id, const KillPatience& patience) {
    auto now = Clock::now();
    if (rung == 0) {
      channel.send_signal(id, SIGINT);
      next = now + patience.after_interrupt;
    } else if (rung == 1) {
      channel.send_signal(id, SIGTERM);
      next = now + patience.after_terminate;
    } else {
      channel.send_command(FrameType::kill_step, id);
      next = now + patience_after_kill;
    }
    ++rung;
  }
  bool at_the_top() const { return rung == 3; }
};

AgentClient::AgentClient(
    asio::any_io_executor executor, Fd from_agent, Fd to_agent, KillPatience patience)
    : channel_(std::make_shared<Channel>(executor, std::move(from_agent), std::move(to_agent))),
      patience_(patience) {
  channel_->read();
}

AgentClient::~AgentClient() {
  channel_->lose();
}

asio::awaitable<void> AgentClient::greet(milliseconds timeout) {
  auto channel = channel_;
  auto deadline = Clock::now() + timeout;
  while (!channel->version && !channel->lost && Clock::now() < deadline) {
    co_await channel->bell.wait_until(deadline);
  }
  if (!channel->version) throw Error("the agent that runs the steps did not start");
  if (*channel->version != agent::protocol_version) {
    throw Error(
        "the agent speaks version " + std::to_string(*channel->version) + " of the protocol, not " +
        std::to_string(agent::protocol_version));
  }
}

const Environment& AgentClient::environment() const {
  return channel_->environment;
}

asio::awaitable<SpawnResult> AgentClient::run(
    SpawnRequest request, OutputHandler output, CancelSource& cancel) {
  auto channel = channel_;
  auto executor = co_await asio::this_coro::executor;
  if (channel->lost) throw Error(agent_lost);
  auto step = std::make_shared<Running>(executor, std::move(request), std::move(output));
  std::uint32_t id = ++channel->last_id;
  Stay stay(
      channel->steps, id, step, [channel, id](FrameType type) { channel->send_command(type, id); });
  auto begin = Clock::now();
  channel->send_spawn(id, *step);
  if (step->request.meanwhile) step->request.meanwhile();
  auto subscription = cancel.on_request([step] { step->bell.ring(); });

  Ladder ladder;
  auto drained = Clock::time_point::max();
  while (step->start_error.empty()) {
    if (channel->lost) throw Error(agent_lost);
    if (step->handler_error) std::rethrow_exception(step->handler_error);
    auto now = Clock::now();
    if (step->exited && ladder.rung == 0) {
      drained = std::min(drained, now + patience_.drain);
      if (step->closed || cancel.requested() || now >= drained) break;
    } else if (ladder.rung > 0 && step->exited && step->closed && step->group_gone) {
      break;
    } else if (ladder.at_the_top() && now >= ladder.next) {
      break;
    } else if (now >= ladder.next || (ladder.rung == 0 && cancel.requested())) {
      ladder.climb(*channel, id, patience_);
    }
    auto deadline = std::min(drained, ladder.next);
    co_await step->bell.wait_until(deadline);
  }

  SpawnResult result;
  result.start_error = step->start_error;
  result.status = step->exited.value_or(ExitStatus::from_signal(SIGKILL));
  result.cancelled = ladder.rung > 0;
  result.duration = std::chrono::duration_cast<milliseconds>(Clock::now() - begin);
  result.usage = step->usage;
  stay.ended(result.cancelled, result.cancelled || !step->closed);
  co_return result;
}

asio::awaitable<bool> AgentClient::kill_all(milliseconds timeout) {
  auto channel = channel_;
  if (channel->empty_after == channel->last_id && !channel->lost) co_return true;
  auto deadline = Clock::now() + timeout;
  channel->left.reset();
  channel->send_command(FrameType::kill_all);
  while (!channel->left && !channel->lost && Clock::now() < deadline) {
    co_await channel->bell.wait_until(deadline);
  }
  co_return channel->left == 0u;
}

}  // namespace crun::executor
