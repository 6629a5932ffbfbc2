// Empties folders from within a container: what its steps wrote as root or as another user, crun
// outside may not be able to remove.
#pragma once

namespace crun::executor::agent {

/// Removes everything below a folder, also what its owner may not enter; links are not followed,
/// other file systems not entered. False: something stayed.
bool empty_folder(const char* path);

}  // namespace crun::executor::agent
