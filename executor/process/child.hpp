// A started program that is waited for on the event loop, through a pidfd.
#pragma once

#include <chrono>
#include <functional>
#include <memory>

#include <sys/types.h>

#include <boost/asio/any_io_executor.hpp>

#include "executor/process/exit_status.hpp"

namespace crun::executor {

class Child {
 public:
  Child(boost::asio::any_io_executor executor, pid_t pid);
  /// A child that still runs is killed and waited for.
  ~Child();
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  pid_t id() const;
  bool running() const;
  /// Does nothing when it has ended.
  void signal(int number);
  /// Blocks until it has ended; false: it has not within the time.
  bool wait(std::chrono::milliseconds timeout);
  /// Told once, on the executor, when the program has ended; not when the Child goes before.
  void on_exit(std::function<void(ExitStatus)> handler);
  /// Nobody is told any more, and the loop need not wait.
  void unwatch();

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace crun::executor
