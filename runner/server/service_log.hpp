// The service's own log: one line an occurrence on stderr. Output of runs is never in it.
#pragma once

#include <string>

namespace crun::runner {

enum class LogLevel { error = 3, warning = 4, info = 6 };

/// With a `<3>` in front when the journal of systemd reads it.
void service_log(LogLevel level, const std::string& text);

/// Tells systemd, if it waits for it: "READY=1", "STOPPING=1".
void notify_supervisor(const std::string& state);

}  // namespace crun::runner
