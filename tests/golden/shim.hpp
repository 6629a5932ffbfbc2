// The `docker` that stands before the engine during a replay: writes down how it was called, then
// answers from the recording or passes the call on.
#pragma once

#include <string>
#include <vector>

namespace crun::tests::golden {

int run_shim(const std::string& tool, const std::vector<std::string>& arguments);

/// Environment of a replay's shim.
inline constexpr const char* shim_record = "GOLDEN_RECORD";  // file of JSON lines to write
inline constexpr const char* shim_answers =
    "GOLDEN_SIM";  // file with the case's `sim`; absent: real
inline constexpr const char* shim_real = "GOLDEN_REAL_PATH";  // PATH with the real tool

}  // namespace crun::tests::golden
