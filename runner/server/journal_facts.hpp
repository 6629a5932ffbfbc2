// What the service reads in a run's journal: that it has started, and how it ended.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace crun::runner {

struct JournalEnd {
  std::string conclusion, note;
  int exit_code = 0;
};

/// Its jobs may have begun: `run.started` is there.
bool journal_started(const std::filesystem::path& journal);

/// `run.finished`, the last line of a run that came to its end.
std::optional<JournalEnd> journal_end(const std::filesystem::path& journal);

}  // namespace crun::runner
