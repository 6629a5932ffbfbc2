// One webhook as its sender sees it: sent, answered, its run's log followed.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "bench/wire.hpp"

namespace crun::bench {

/// What the sender saw, in milliseconds.
struct Delivery {
  double answered = 0;       // since it was sent: the answer names the run
  double first_line = 0;     // since it was sent: of the run's log
  std::vector<double> lags;  // of each later line, since the script wrote it
};

/// A script whose first line comes at once; the later ones say when they were written.
std::string marked_script();

/// A signed webhook that says what was pushed to "demo".
std::string push_webhook(
    const std::string& before,
    const std::string& after,
    const std::string& secret,
    const std::string& delivery);

/// Where the run's lines come: the connection of the webhook itself, or another one.
using Follow = std::function<Wire(Wire sender, const std::string& run)>;

/// Sends the webhook to a port and reads what a run of `marked_script` prints. Throws
/// executor::Error when it is not taken, or has no log.
Delivery deliver(int port, const std::string& webhook, const Follow& follow);

}  // namespace crun::bench
