// Talking to a server over the network in a process of its own, `crun remote`: libgit2 knows no
// time limit and nobody can interrupt it, a process can be ended. It is given its order on its
// standard input, so that no password is in an argument list.
#pragma once

#include <chrono>
#include <filesystem>
#include <string>

#include "executor/git/remote.hpp"
#include "executor/process/fd.hpp"

namespace crun::executor::git {

class RemoteProgram {
 public:
  /// `crun`: the program; empty: everything happens in this process, without a limit. `silence`: so
  /// long a server may say nothing.
  explicit RemoteProgram(
      std::string crun, std::chrono::milliseconds silence = std::chrono::seconds(60));

  /// As the functions of the same name. What is on this machine is asked in this process. Block;
  /// any thread. Throw Error, also when the server is silent for too long or stop() was called.
  RefMap look(const Remote& remote) const;
  void fetch(const std::filesystem::path& folder, const Remote& remote) const;

  /// What is under way ends, and nothing begins any more. Any thread.
  void stop() const;
  bool stopped() const;

 private:
  RefMap ask(const std::string& order, const std::string& whom) const;
  bool is_apart(const std::string& url) const;

  std::string crun_;
  std::chrono::milliseconds silence_;
  Fd stop_;  // an event: readable when it is to stop
};

/// Is it reached over a network? Not so paths and file://.
bool is_on_network(const std::string& url);

/// The other side: the order from the standard input, the answer to the standard output. The exit
/// code.
int run_remote_order();

}  // namespace crun::executor::git
