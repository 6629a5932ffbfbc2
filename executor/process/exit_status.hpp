// How a program ended: a value made from waitpid's number once, and asked from then on.
#pragma once

#include <string>

namespace crun::executor {

class ExitStatus {
 public:
  static ExitStatus from_wait(int raw);
  static ExitStatus from_code(int code) { return ExitStatus(code, 0); }
  static ExitStatus from_signal(int signal) { return ExitStatus(0, signal); }

  bool success() const { return signal_ == 0 && code_ == 0; }
  bool signalled() const { return signal_ != 0; }
  int signal() const { return signal_; }
  /// The exit code; 128 + signal for a program that was killed, as shells tell it.
  int code() const { return signal_ ? 128 + signal_ : code_; }
  /// "exit code 3", "killed by signal 9 (KILL)".
  std::string text() const;

 private:
  ExitStatus(int code, int signal) : code_(code), signal_(signal) {}
  int code_;
  int signal_;
};

}  // namespace crun::executor
