// Reading the pack's files. JSON keeps the order of names: some cases are about it.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "executor/context/json_value.hpp"
#include "tests/conformance/category.hpp"
#include "workflow/expression/value.hpp"

namespace crun::conformance {

using Json = nlohmann::ordered_json;

/// The bytes of a file. Throws std::runtime_error.
std::string read_file(const std::filesystem::path& file);
/// The objects of a .jsonl file, one a line.
std::vector<Json> read_lines(const std::filesystem::path& file);
/// Runs each case of a .jsonl file. One that throws, because it is unlike those that are known,
/// has failed; the others are run all the same.
void each_line(
    const std::filesystem::path& file,
    Report& report,
    const std::function<void(const Json& test)>& run);
/// The same for cases that have a folder each.
void each_folder(
    const std::filesystem::path& folder,
    Report& report,
    const std::function<void(const std::filesystem::path& test)>& run);
/// The .jsonl files of a folder, sorted by name.
std::vector<std::filesystem::path> line_files(const std::filesystem::path& folder);
/// The folders in a folder, sorted by name: cases that have a folder each.
std::vector<std::filesystem::path> case_folders(const std::filesystem::path& folder);

using executor::to_value;
/// Numbers that JSON lacks become the strings "NaN", "Infinity" and "-Infinity".
Json to_json(const workflow::Value& value);

}  // namespace crun::conformance
