// Whether a container engine finds what crun mounts: only if it works in the same mount namespace.
// An engine elsewhere, behind a tunnel or in a container or a machine of its own would bind the
// folder below the mount.
#pragma once

#include "executor/host/docker_engine.hpp"

namespace crun::executor {

/// Looks at who listens on the client's socket, and asks the engine nothing. True also where nobody
/// does: nothing will be bound then. In doubt, false.
bool engine_sees_mounts(const EngineClient& client);

}  // namespace crun::executor
