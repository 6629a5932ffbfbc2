// Where the steps of a job run. A host has an agent: a small program that starts the steps, each in
// a process group of its own, and that ends everything when the job or crun itself ends. Local
// machine and container differ only in how the agent is started.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "executor/process/cancel.hpp"
#include "executor/process/command.hpp"
#include "executor/process/environment.hpp"
#include "executor/process/exit_status.hpp"

namespace crun::executor {

namespace asio = boost::asio;

struct SpawnRequest {
  std::vector<std::string> argv;  // argv[0] is looked up on the PATH of `environment`
  Environment environment;        // complete
  std::string directory;
  /// Not empty: a text that must not touch a disk; the program finds it at script_in_memory.
  std::string script;
  /// Called when the program has been asked for: what has time until it ends is best done then.
  /// May be empty; throws nothing.
  std::function<void()> meanwhile;
};

constexpr char script_in_memory[] = "/proc/self/fd/3";

/// Patience before each rung of the ladder: INT, 7.5 s, TERM, 2.5 s, KILL; and how long output may
/// stay open after the program's end (a background child holds it). Source: runner.md 1.3.7.
struct KillPatience {
  std::chrono::milliseconds after_interrupt{7500};
  std::chrono::milliseconds after_terminate{2500};
  std::chrono::milliseconds drain{5000};
};

/// Of the program and of those of its children that it waited for.
struct Usage {
  std::chrono::microseconds cpu{0};
  std::uint64_t peak_memory = 0;  // bytes
};

struct SpawnResult {
  ExitStatus status = ExitStatus::from_code(0);
  bool cancelled = false;  // the ladder was used
  std::chrono::milliseconds duration{0};
  /// Not empty: it never ran. GitHub's words, "An error occurred trying to start process 'bash'
  /// with working directory '/x/nope'. No such file or directory".
  std::string start_error;
  Usage usage;
};

class Host {
 public:
  virtual ~Host() = default;

  /// Starts the agent. Throws Error.
  virtual asio::awaitable<void> up() = 0;
  /// Runs one program to its end. When `cancel` is requested the ladder is used on its process
  /// group; the result still comes back. Output is complete when this returns, or the drain time
  /// is over.
  virtual asio::awaitable<SpawnResult> run(
      SpawnRequest request, OutputHandler output, CancelSource& cancel) = 0;
  /// Ends every process that is left of the job (also those that left their process group) and the
  /// agent. Never throws.
  virtual asio::awaitable<void> down() = 0;
};

class AgentStock;

/// Steps on this machine, by an agent of the stock, which must stay.
std::unique_ptr<Host> make_local_host(AgentStock& stock);
/// The same with an agent of its own. `agent_program` is a file with agent_image(); empty: from
/// memory. `wrapper` is a command line that starts it: see sandbox.hpp.
std::unique_ptr<Host> make_local_host(
    asio::any_io_executor executor,
    std::string agent_program,
    KillPatience patience = {},
    std::vector<std::string> wrapper = {});

}  // namespace crun::executor
