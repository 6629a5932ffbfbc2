// A run's journal as server-sent events. The id of an event is the byte of the journal behind its
// line: it needs no memory, so it is valid in every later daemon.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "runner/server/journal_reader.hpp"
#include "runner/server/run_record.hpp"

namespace crun::runner {

class EventStream {
 public:
  /// Goes on behind the event with this id; an empty or unknown one begins at the beginning.
  EventStream(const std::filesystem::path& journal, std::string_view last_id);

  /// What there is now, about 64 KB at most; empty when there is nothing yet. A run that has ended
  /// without `run.finished` in its journal (its process was killed, or it was cancelled in the
  /// queue) gets one here, so that every stream has an end.
  std::string next(const RunRecord& run);

  /// `run.finished` has been sent, now or before the connection.
  bool finished() const { return finished_; }

 private:
  JournalReader journal_;
  bool finished_ = false;
};

/// The last event of a run whose journal has none.
std::string made_up_end(const RunRecord& run);

}  // namespace crun::runner
