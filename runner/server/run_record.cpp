#include "runner/server/run_record.hpp"

namespace crun::runner {

std::string_view to_string(RunState state) {
  switch (state) {
    case RunState::queued:
      return "queued";
    case RunState::starting:
      return "starting";
    case RunState::running:
      return "running";
    case RunState::ended:
      return "ended";
  }
  return "";
}

}  // namespace crun::runner
