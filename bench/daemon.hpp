// A `crun serve` to be measured, with a bare repository of its own whose pushes it is told of.
#pragma once

#include <filesystem>
#include <string>

#include <sys/types.h>

#include "bench/bench.hpp"
#include "bench/delivery.hpp"

namespace crun::bench {

class Daemon {
 public:
  /// Makes the repository; starts nothing.
  explicit Daemon(const Bench& bench);
  ~Daemon();
  Daemon(const Daemon&) = delete;
  Daemon& operator=(const Daemon&) = delete;

  /// Waits until it listens. `poll` is how often it looks at the repository unasked: "0", "2s".
  void start(const std::string& poll);
  void stop(int signal);
  /// Milliseconds from kill -9 until the next one answers.
  double recover();
  /// Pushes a commit, sends its webhook and follows the run to its end.
  Delivery deliver_push();

  int runs() const { return runs_; }
  std::filesystem::path database() const { return folder_ / "state/crun.db"; }
  /// Memory of its process in MB, by the kernel's name: "VmRSS".
  double memory(const std::string& name) const;
  /// How often a second any of its threads ran, over so many seconds.
  double wakeups(int seconds) const;

 private:
  void launch();
  bool answers() const;
  std::string git(std::vector<std::string> words) const;

  Bench bench_;
  std::filesystem::path folder_, work_;
  std::string pushed_;  // the last commit
  pid_t process_ = -1;
  int port_ = 0;
  int runs_ = 0;
};

}  // namespace crun::bench
