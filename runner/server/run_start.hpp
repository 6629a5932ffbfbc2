// What a service and the run it starts agree on: the run's process holds a lock and says in its
// file who it is, and finds its secrets under a prefix in its environment.
//
// The lock is taken by the service before the process exists and inherited as descriptor 3. So it
// tells the next daemon, whenever the last one was killed, whether the process lives: a run that
// was to start but never did is started again, and none is started twice.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace crun::runner {

constexpr std::string_view service_secret_prefix = "CRUN_SECRET_";
constexpr const char* run_lock_name = "process";

/// In the run's process, before anything else: writes its process id to the lock's file.
void announce_to_service();

/// In the run's process: leaves a line behind the process id for a run whose journal has no end.
/// That file has its place on the disk already, so this works on a full one.
void leave_note_for_service(const std::string& note);
/// In the service: that line, or nothing.
std::string note_of_run(const std::filesystem::path& folder);

}  // namespace crun::runner
