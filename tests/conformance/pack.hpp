// Reading the pack's files. JSON keeps the order of names: some cases are about it.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "workflow/expression/value.hpp"

namespace crun::conformance {

using Json = nlohmann::ordered_json;

/// The bytes of a file. Throws std::runtime_error.
std::string read_file(const std::filesystem::path& file);
/// The objects of a .jsonl file, one a line.
std::vector<Json> read_lines(const std::filesystem::path& file);
/// The .jsonl files of a folder, sorted by name.
std::vector<std::filesystem::path> line_files(const std::filesystem::path& folder);
/// The folders in a folder, sorted by name: cases that have a folder each.
std::vector<std::filesystem::path> case_folders(const std::filesystem::path& folder);

workflow::Value to_value(const Json& json);
/// Numbers that JSON lacks become the strings "NaN", "Infinity" and "-Infinity".
Json to_json(const workflow::Value& value);

}  // namespace crun::conformance
