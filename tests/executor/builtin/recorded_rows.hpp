// Rows of golden/units/<name>.jsonl: what the originals' libraries gave. They lie outside the
// project.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "tests/catch.hpp"

namespace crun::tests {

/// None, with a word about it, where the recordings are not at hand.
inline std::vector<nlohmann::json> recorded_rows(const std::string& name) {
  const char* shared = std::getenv("CRUN_SHARED");
  const std::filesystem::path base =
      shared ? shared : std::filesystem::path(CRUN_SOURCE_DIR) / ".." / "shared";
  std::ifstream file(base / "golden" / "units" / (name + ".jsonl"));
  std::vector<nlohmann::json> rows;
  for (std::string line; std::getline(file, line);) rows.push_back(nlohmann::json::parse(line));
  if (rows.empty()) WARN("skipped: no recordings in CRUN_SHARED or ../shared");
  return rows;
}

}  // namespace crun::tests
