#include "runner/engine/run_history.hpp"

#include <algorithm>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "runner/engine/journal.hpp"
#include "runner/engine/run_folders.hpp"

namespace crun::runner {

namespace fs = std::filesystem;

namespace {

std::uintmax_t size_of_journal(const fs::path& folder) {
  std::error_code error;
  const auto size = fs::file_size(folder / journal_name, error);
  return error ? 0 : size;
}

/// Newest first. A service may have its runs in the same folder: those are numbers.
std::vector<fs::path> runs_in(const fs::path& root) {
  std::vector<fs::path> runs;
  std::error_code error;
  for (fs::directory_iterator it(root, error), end; !error && it != end; it.increment(error)) {
    if (is_run_id(it->path().filename().string())) runs.push_back(it->path());
  }
  std::sort(runs.begin(), runs.end(), std::greater<>());
  return runs;
}

}  // namespace

void trim_history(const Paths& paths, const HistoryLimits& limits) {
  const auto runs = runs_in(runs_folder(paths.state));
  if (runs.empty()) return;
  auto bytes = size_of_journal(runs.front());
  const bool count_bytes = bytes >= limits.bytes / limits.runs;
  for (std::size_t i = 1; i < runs.size(); ++i) {
    if (count_bytes) bytes += size_of_journal(runs[i]);
    if (i < limits.runs && bytes <= limits.bytes) continue;
    std::error_code ignored;
    if (fs::exists(work_folder(paths, runs[i].filename().string()), ignored)) continue;
    fs::remove_all(runs[i], ignored);
  }
}

}  // namespace crun::runner
