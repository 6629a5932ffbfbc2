// The process of a run: started in a session of its own so that it outlives the daemon, or taken
// back by the next one (see run_start.hpp for how that one knows it).
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

#include <boost/asio/any_io_executor.hpp>

#include "executor/process/environment.hpp"
#include "executor/process/exit_status.hpp"

namespace crun::runner {

class RunProcess {
 public:
  /// Starts the program; its messages go to a file in the folder. Throws Error.
  static std::unique_ptr<RunProcess> start(
      boost::asio::any_io_executor executor,
      const std::filesystem::path& folder,
      std::vector<std::string> argv,
      executor::Environment environment);
  /// The living process of that folder, or null.
  static std::unique_ptr<RunProcess> adopt(
      boost::asio::any_io_executor executor, const std::filesystem::path& folder);
  /// Lets the process go on.
  ~RunProcess();
  RunProcess(const RunProcess&) = delete;
  RunProcess& operator=(const RunProcess&) = delete;

  pid_t id() const;
  void signal(int number);
  using ExitHandler = std::function<void(std::optional<executor::ExitStatus>)>;
  /// Told once, on the executor; the status is known of a process that this daemon has started.
  void on_exit(ExitHandler handler);

 private:
  struct Impl;
  explicit RunProcess(std::shared_ptr<Impl> impl);
  std::shared_ptr<Impl> impl_;
};

}  // namespace crun::runner
