// A TCP socket that listens, made by hand: Asio's are inherited by child processes, and a run that
// outlives its daemon would keep the port.
#pragma once

#include <string>

#include "executor/process/fd.hpp"

namespace crun::runner {

struct ListeningSocket {
  executor::Fd fd;
  bool is_v6 = false;
};

/// "127.0.0.1:8080", "[::1]:0"; port 0 takes any. Throws Error.
ListeningSocket listen_on(const std::string& address);

}  // namespace crun::runner
