// The agent: starts steps, carries their output, and sees to it that nothing of them stays. One
// thread, one poll loop. It lives as long as its input: when crun goes, also by kill -9, the input
// ends, and everything below the agent is killed.
#pragma once

#include <cstdint>
#include <vector>

#include <poll.h>
#include <sys/types.h>

#include "executor/host/agent/launch.hpp"
#include "executor/host/agent/process_tree.hpp"
#include "executor/host/agent/protocol.hpp"
#include "executor/host/agent/scheduling.hpp"

struct rusage;

namespace crun::executor::agent {

struct Step {
  std::uint32_t id = 0;
  pid_t pid = -1;           // of the program, and its group
  std::uint64_t start = 0;  // ticks
  int out = -1, err = -1;   // -1: closed
  bool exited = false;
  bool closed_told = false;
  bool group_gone = false;
  bool signalled = false;  // then kill_step may follow: it is kept until crun lets it go
  bool discarded = false;
};

class Agent {
 public:
  Agent(int in, int out, int signals) : in_(in), out_(out), signals_(signals) {}

  /// Until the input ends. The exit code of the agent.
  int run();

 private:
  void prepare();
  void wait();
  void read_frames();
  void handle(FrameReader& frame);
  void start_step(FrameReader& frame);
  LaunchResult launch_piped(LaunchPlan& plan, Step& step);
  void signal_group(std::uint32_t id, int number);
  void kill_step(std::uint32_t id);
  struct Toll {
    int killed = 0, left = 0;
  };
  Toll kill_everything();

  void carry_output(std::uint32_t id, bool error_stream);
  void close_stream(int& fd);
  void reap();
  void program_ended(pid_t pid, int status, const rusage& usage);
  void tell_changes();
  void flush();
  Step* find(std::uint32_t id);

  int in_, out_, signals_;
  bool input_open_ = true;
  FrameBuffer incoming_;
  Bytes outgoing_;
  std::size_t written_ = 0;
  std::vector<Step> steps_;
  std::uint32_t newest_ = 0;  // step
  bool childless_ = true;
  Scheduling scheduling_;
  // Of the step being started; their memory is used again.
  Bytes texts_;
  std::vector<std::size_t> places_;
  LaunchPlan plan_;
  struct Source {
    std::uint32_t step;
    bool error_stream;
  };
  std::vector<pollfd> polled_;  // input, signals, output, then one for each source
  std::vector<Source> sources_;
};

}  // namespace crun::executor::agent
