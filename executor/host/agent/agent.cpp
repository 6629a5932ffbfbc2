#include "executor/host/agent/agent.hpp"

#include <algorithm>
#include <cerrno>
#include <csignal>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <time.h>

namespace crun::executor::agent {

namespace {

constexpr std::size_t chunk = 65536;
/// So much may wait for crun to read it; then the steps' pipes are left to fill, and the steps
/// stand still rather than memory grows.
constexpr std::size_t backlog = 4 * chunk;

constexpr std::uint64_t patience_to_kill = 4000;  // milliseconds
constexpr std::uint64_t patience_in_vain = 1000;  // with what we may not kill, e.g. sudo's child
constexpr int look_again = 50;                    // milliseconds

void pause_for_a_moment() {
  timespec moment{0, 1'000'000};
  ::nanosleep(&moment, nullptr);
}

std::uint64_t milliseconds_now() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<std::uint64_t>(now.tv_sec) * 1000 +
         static_cast<std::uint64_t>(now.tv_nsec) / 1'000'000;
}

int open_null() {
  return ::open("/dev/null", O_RDONLY | O_CLOEXEC);
}

/// A file of its own that is on no disk; -1: errno tells why not.
int in_memory(std::string_view text) {
  int fd = ::memfd_create("crun-script", MFD_CLOEXEC);
  while (fd >= 0 && !text.empty()) {
    ssize_t size = ::write(fd, text.data(), text.size());
    if (size > 0) {
      text.remove_prefix(static_cast<std::size_t>(size));
    } else if (size == 0 || errno != EINTR) {
      ::close(fd);
      fd = -1;
    }
  }
  return fd;
}

/// As the subreaper we are above everything that a step started; without a child there is nothing,
/// and no need to look at all processes of the machine.
bool childless() {
  siginfo_t info{};
  return ::waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT | __WALL) < 0 && errno == ECHILD;
}

std::uint64_t microseconds(const timeval& time) {
  return static_cast<std::uint64_t>(time.tv_sec) * 1'000'000 +
         static_cast<std::uint64_t>(time.tv_usec);
}

}  // namespace

int Agent::run() {
  {
    FrameWriter hello(outgoing_, FrameType::hello, 0);
    hello.u32(protocol_version);
    hello.u32(static_cast<std::uint32_t>(::getpid()));
    std::vector<std::string_view> environment;  // in a container: what its image gives
    for (char** line = environ; *line; ++line) environment.emplace_back(*line);
    hello.texts(environment);
  }
  flush();
  prepare();
  while (input_open_) {
    flush();
    scheduling_.give_way(!steps_.empty());
    wait();
    tell_changes();
  }
  return kill_everything().left == 0 ? 0 : 1;
}

/// What the first step needs, while crun still works towards it.
void Agent::prepare() {
  constexpr std::size_t usual_text = 16384, usual_count = 256, usual_steps = 8;
  incoming_.room(chunk);
  texts_.reserve(usual_text);
  places_.reserve(usual_count);
  plan_.argv.reserve(usual_steps);
  plan_.environment.reserve(usual_count);
  polled_.reserve(usual_steps);
  sources_.reserve(usual_steps);
  steps_.reserve(usual_steps);
  plan_.null = open_null();
  ignored_signals();
}

void Agent::wait() {
  polled_.clear();
  sources_.clear();
  polled_.push_back({in_, POLLIN, 0});
  polled_.push_back({signals_, POLLIN, 0});
  polled_.push_back({out_, static_cast<short>(outgoing_.empty() ? 0 : POLLOUT), 0});
  auto listen = [this](int fd, Source source) {
    if (fd < 0) return;
    polled_.push_back({fd, POLLIN, 0});
    sources_.push_back(source);
  };
  if (outgoing_.size() - written_ < backlog) {
    for (const Step& step : steps_) {
      listen(step.out, {step.id, false});
      listen(step.err, {step.id, true});
    }
  }
  // Nobody tells us when the last process leaves a group without being our child.
  bool watching = std::any_of(steps_.begin(), steps_.end(), [](const Step& step) {
    return step.exited && step.signalled && !step.group_gone;
  });
  if (::poll(polled_.data(), polled_.size(), watching ? look_again : -1) < 0) return;

  // Output first: what a program said before it ended is told before its end.
  for (std::size_t i = 0; i < sources_.size(); ++i) {
    if (polled_[3 + i].revents) carry_output(sources_[i].step, sources_[i].error_stream);
  }
  if (polled_[1].revents) reap();
  if (polled_[0].revents) read_frames();
  if (polled_[2].revents & (POLLERR | POLLHUP)) input_open_ = false;
}

void Agent::read_frames() {
  ssize_t size = ::read(in_, incoming_.room(chunk), chunk);
  if (size < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (size <= 0) {
    input_open_ = false;
    return;
  }
  incoming_.added(static_cast<std::size_t>(size));
  std::string_view text;
  auto next = incoming_.next(text);
  for (; next == FrameBuffer::Next::frame; next = incoming_.next(text)) {
    FrameReader frame(text);
    handle(frame);
  }
  if (next == FrameBuffer::Next::too_large) input_open_ = false;
}

void Agent::handle(FrameReader& frame) {
  switch (frame.type()) {
    case FrameType::spawn:
      return start_step(frame);
    case FrameType::signal:
      return signal_group(frame.step(), static_cast<int>(frame.u32()));
    case FrameType::kill_step:
      return kill_step(frame.step());
    case FrameType::discard:
      if (Step* step = find(frame.step())) step->discarded = true;
      return;
    case FrameType::kill_all: {
      Toll toll = kill_everything();
      FrameWriter reply(outgoing_, FrameType::all_gone, 0);
      reply.u32(static_cast<std::uint32_t>(toll.killed));
      reply.u32(static_cast<std::uint32_t>(toll.left));
      return;
    }
    default:
      return;  // of a newer crun
  }
}

void Agent::start_step(FrameReader& frame) {
  // All texts of the frame, each with a NUL behind it, then pointers to them.
  texts_.clear();
  places_.clear();
  auto keep = [this](std::string_view text) {
    places_.push_back(texts_.size());
    texts_.insert(texts_.end(), text.begin(), text.end());
    texts_.push_back('\0');
  };
  std::size_t argument_count = 0;
  for (bool arguments : {true, false}) {
    for (std::uint32_t count = frame.u32(); count > 0 && !frame.broken(); --count) {
      keep(frame.text());
    }
    if (arguments) argument_count = places_.size();
  }
  keep(frame.text());

  LaunchPlan& plan = plan_;
  plan.argv.clear();
  plan.environment.clear();
  for (std::size_t i = 0; i + 1 < places_.size(); ++i) {
    (i < argument_count ? plan.argv : plan.environment).push_back(texts_.data() + places_[i]);
  }
  plan.argv.push_back(nullptr);
  plan.environment.push_back(nullptr);
  plan.directory = texts_.data() + places_.back();
  plan.gives_way = scheduling_.gives_way();
  std::string_view script = frame.text();

  Step step;
  step.id = newest_ = frame.step();
  step.start = ticks_now();
  LaunchResult result;
  result.error = EINVAL;
  if (!frame.broken() && !script.empty() && (plan.script = in_memory(script)) < 0) {
    result.error = errno;
  } else if (!frame.broken()) {
    result = launch_piped(plan, step);
  }
  close_stream(plan.script);
  if (result.error != 0) {
    FrameWriter reply(outgoing_, FrameType::start_error, step.id);
    reply.u8(static_cast<std::uint8_t>(result.stage));
    reply.u32(static_cast<std::uint32_t>(result.error));
    return;
  }
  step.pid = result.pid;
  childless_ = false;
  steps_.push_back(step);
}

LaunchResult Agent::launch_piped(LaunchPlan& plan, Step& step) {
  int out[2] = {-1, -1}, err[2] = {-1, -1};
  LaunchResult result;
  if (plan.null < 0) plan.null = open_null();
  if (plan.null < 0 || ::pipe2(out, O_CLOEXEC) != 0 || ::pipe2(err, O_CLOEXEC) != 0) {
    result.error = errno;
  } else {
    plan.out = out[1];
    plan.err = err[1];
    result = launch(plan);
  }
  close_stream(out[1]);
  close_stream(err[1]);
  if (result.error != 0) {
    close_stream(out[0]);
    close_stream(err[0]);
    return result;
  }
  ::fcntl(out[0], F_SETFL, O_NONBLOCK);
  ::fcntl(err[0], F_SETFL, O_NONBLOCK);
  step.out = out[0];
  step.err = err[0];
  return result;
}

void Agent::signal_group(std::uint32_t id, int number) {
  // A group that is gone may have given its number away.
  Step* step = find(id);
  if (!step) return;
  step->signalled = true;
  if (!step->group_gone) ::kill(-step->pid, number);
}

/// The group, everything below it, and orphans: what lost its parent hangs directly below the agent
/// and no longer tells whose it is. Born after the step, with no other step about, it is its own.
void Agent::kill_step(std::uint32_t id) {
  Step* step = find(id);  // stays where it is: nothing is forgotten before tell_changes()
  if (!step) return;
  bool alone = std::none_of(steps_.begin(), steps_.end(), [&](const Step& other) {
    return other.id != id && !other.discarded;
  });
  pid_t self = ::getpid();
  std::uint64_t deadline = milliseconds_now() + patience_to_kill;
  while (milliseconds_now() < deadline) {
    std::vector<Process> processes = read_processes();
    for (Process& process : processes) {
      bool member = !step->group_gone && process.group == step->pid;
      bool orphan = alone && process.parent == self && process.start >= step->start;
      process.chosen = member || orphan;
    }
    choose_descendants(processes);
    if (kill_chosen(processes) == 0) return;
    pause_for_a_moment();
    reap();
  }
}

Agent::Toll Agent::kill_everything() {
  Toll toll;
  if (childless()) return toll;
  pid_t self = ::getpid();
  std::uint64_t now = milliseconds_now(), deadline = now + patience_to_kill, last_sent = now;
  for (bool first = true; now < deadline && now < last_sent + patience_in_vain; first = false) {
    std::vector<Process> processes = read_processes();
    for (Process& process : processes) process.chosen = process.pid == self;
    choose_descendants(processes);
    toll.left = -1;  // the agent itself is chosen too
    for (Process& process : processes) {
      toll.left += process.chosen;
      if (process.pid == self) process.chosen = false;
    }
    if (toll.left <= 0) break;
    int sent = kill_chosen(processes);
    if (first) toll.killed = sent;
    pause_for_a_moment();
    reap();
    now = milliseconds_now();
    if (sent > 0) last_sent = now;
  }
  if (toll.left < 0) toll.left = 0;
  return toll;
}

void Agent::carry_output(std::uint32_t id, bool error_stream) {
  Step* step = find(id);
  if (!step) return;
  int& fd = error_stream ? step->err : step->out;
  if (fd < 0) return;
  static char bytes[chunk];
  ssize_t size = ::read(fd, bytes, sizeof bytes);
  if (size < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (size <= 0) {
    close_stream(fd);
    return;
  }
  if (step->discarded) return;
  FrameWriter frame(outgoing_, FrameType::output, id);
  frame.u8(error_stream ? 1 : 0);
  frame.rest({bytes, static_cast<std::size_t>(size)});
}

void Agent::close_stream(int& fd) {
  if (fd >= 0) ::close(fd);
  fd = -1;
}

/// Waits for everything that has ended: programs of steps, and orphans that came to us.
void Agent::reap() {
  signalfd_siginfo info{};
  while (::read(signals_, &info, sizeof info) > 0) {
  }
  int status = 0;
  rusage usage{};
  pid_t pid = 0;
  while ((pid = ::wait4(-1, &status, WNOHANG, &usage)) > 0) program_ended(pid, status, usage);
  childless_ = pid < 0 && errno == ECHILD;
}

void Agent::program_ended(pid_t pid, int status, const rusage& usage) {
  for (Step& step : steps_) {
    if (step.pid != pid || step.exited) continue;
    step.exited = true;
    FrameWriter frame(outgoing_, FrameType::exited, step.id);
    frame.u32(static_cast<std::uint32_t>(status));
    frame.u64(microseconds(usage.ru_utime) + microseconds(usage.ru_stime));
    frame.u64(static_cast<std::uint64_t>(usage.ru_maxrss) * 1024);
    return;
  }
}

/// Tells once what has come to be true of a step, and forgets it when nothing more can come.
void Agent::tell_changes() {
  for (Step& step : steps_) {
    // Nobody asks for that of a program that still runs, and most end right after.
    if (step.exited && step.out < 0 && step.err < 0 && !step.closed_told) {
      step.closed_told = true;
      FrameWriter frame(outgoing_, FrameType::closed, step.id);
    }
    if (step.exited && !step.group_gone && ::kill(-step.pid, 0) != 0 && errno == ESRCH) {
      step.group_gone = true;
      FrameWriter frame(outgoing_, FrameType::group_gone, step.id);
      frame.u32(childless_ ? newest_ : 0);
    }
  }
  auto done = [](const Step& step) {
    bool over = step.group_gone && !step.signalled;
    return step.exited && step.closed_told && (over || step.discarded);
  };
  steps_.erase(std::remove_if(steps_.begin(), steps_.end(), done), steps_.end());
}

void Agent::flush() {
  while (written_ < outgoing_.size()) {
    ssize_t size = ::write(out_, outgoing_.data() + written_, outgoing_.size() - written_);
    if (size < 0 && errno == EINTR) continue;
    if (size < 0 && errno == EAGAIN) return;
    if (size < 0) {
      input_open_ = false;  // nobody is there any more
      return;
    }
    written_ += static_cast<std::size_t>(size);
  }
  outgoing_.clear();
  written_ = 0;
}

Step* Agent::find(std::uint32_t id) {
  auto found =
      std::find_if(steps_.begin(), steps_.end(), [id](const Step& step) { return step.id == id; });
  return found == steps_.end() ? nullptr : &*found;
}

}  // namespace crun::executor::agent
