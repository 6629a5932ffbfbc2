// The originals' parser as recorded: golden/units/list_parser.jsonl, where it is at hand.
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <nlohmann/json.hpp>

#include "executor/builtin/list_parser.hpp"
#include "tests/catch.hpp"

namespace {

using crun::executor::builtin::ListOptions;

std::filesystem::path recordings() {
  const char* shared = std::getenv("CRUN_SHARED");
  const std::filesystem::path base =
      shared ? shared : std::filesystem::path(CRUN_SOURCE_DIR) / ".." / "shared";
  return base / "golden" / "units" / "list_parser.jsonl";
}

ListOptions options_named(const std::string& names) {
  const auto has = [&names](const char* name) { return names.find(name) != names.npos; };
  ListOptions options;
  options.ignore_comma = has("ignoreComma");
  options.quote = !has("quote=false");
  options.trim = !has("noTrim");
  if (has("comment=#")) options.comments = ListOptions::Comments::anywhere;
  if (has("noInfix")) options.comments = ListOptions::Comments::line_start;
  return options;
}

}  // namespace

TEST_CASE("list parser: gives what the originals gave", "[builtin]") {
  std::ifstream file(recordings());
  if (!file) {
    WARN("skipped: no recordings in CRUN_SHARED or ../shared");
    return;
  }
  int rows = 0;
  for (std::string line; std::getline(file, line); ++rows) {
    const auto row = nlohmann::json::parse(line);
    INFO(line);
    nlohmann::json given;
    try {
      given = crun::executor::builtin::parse_list(
          row["input"].get<std::string>(), options_named(row["opts"]));
    } catch (const crun::executor::builtin::ListSyntaxError& error) {
      given = {{"error", error.what()}};
    }
    CHECK(given == row["expected"]);
  }
  CHECK(rows > 0);
}
