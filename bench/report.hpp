// What the bench says: a table for people, JSON for programs, the page docs/performance.md, and the
// history.
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "bench/row.hpp"

namespace crun::bench {

struct Report {
  std::string date;     // RFC 3339
  std::string commit;   // abbreviated; empty outside a repository
  std::string command;  // that made it
  std::map<std::string, std::string> machine;
  Rows rows;
};

/// One line: id, crun, the ratios, the verdict.
std::string line_of(const Row& row);
/// {"date", "commit", "command", "machine", "rows": [{id, what, unit, crun, act, cli, limit, ratio,
/// goal, met, noisy, note}]}
std::string json_of(const Report& report);
/// Markdown.
std::string page_of(const Report& report);

/// Adds a line to the history: medians and ratios of each row.
void record(const Report& report, const std::filesystem::path& history);
/// What became slower by more than a tenth since a commit (a prefix of its id) in the history; one
/// line each. Throws executor::Error if the history does not know it.
std::string slower_since(
    const Report& report, const std::filesystem::path& history, const std::string& commit);

}  // namespace crun::bench
