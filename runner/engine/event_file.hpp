// The webhook payload that a user gives with --event-file.
#pragma once

#include <filesystem>
#include <string>

#include <nlohmann/json_fwd.hpp>

namespace crun::runner {

/// Reads a JSON object. A relative path is looked up from the current folder first, then from
/// --directory. Throws UsageError with file, line and column.
nlohmann::ordered_json read_event_file(
    const std::filesystem::path& file,
    const std::filesystem::path& current_folder,
    const std::filesystem::path& directory);

/// The same for a text that is here already; `shown` is its name for messages.
nlohmann::ordered_json parse_event(const std::string& text, const std::string& shown);

/// Puts `changes` over `base`: objects are merged member by member, anything else is replaced.
void merge_deeply(nlohmann::ordered_json& base, const nlohmann::ordered_json& changes);

/// A string below nested keys ("repository", "owner", "login"), or ''.
std::string text_at(const nlohmann::ordered_json& object, std::initializer_list<const char*> keys);

}  // namespace crun::runner
