// The command line's end of the daemon's socket (see control_server.hpp).
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include <nlohmann/json_fwd.hpp>

#include "executor/process/fd.hpp"
#include "runner/server/run_record.hpp"

namespace crun::runner {

class ControlClient {
 public:
  /// Throws Error that names the state directory when no daemon answers there.
  explicit ControlClient(const std::filesystem::path& state);

  void ask(const nlohmann::ordered_json& request);
  /// The next answer. Throws UsageError or Error for a refusal, Error when the daemon is gone.
  nlohmann::ordered_json answer();

 private:
  std::filesystem::path state_;
  executor::Fd socket_;
  std::string buffer_;
};

/// The run of an answer, as far as the command line needs it.
RunRecord run_of(const nlohmann::ordered_json& answer);

}  // namespace crun::runner
