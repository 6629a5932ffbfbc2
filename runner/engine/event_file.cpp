#include "runner/engine/event_file.hpp"

#include <cerrno>
#include <fstream>
#include <initializer_list>
#include <iterator>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "executor/error.hpp"
#include "runner/cli/usage_error.hpp"
#include "workflow/source/source_file.hpp"

namespace crun::runner {

namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr std::uintmax_t size_limit = 25u << 20;  // GitHub's limit for a webhook payload
constexpr int depth_limit = 100;

fs::path locate(const fs::path& file, const fs::path& current_folder, const fs::path& directory) {
  std::error_code ignored;
  for (const auto& folder : {current_folder, directory}) {
    if (folder.empty()) continue;
    if (fs::exists(folder / file, ignored)) return folder / file;
  }
  throw UsageError("cannot read the event file " + file.string() + ": No such file or directory");
}

std::string read(const fs::path& path, const std::string& shown) {
  std::error_code problem;
  const auto refuse = [&](const std::string& why) {
    return UsageError("cannot read the event file " + shown + ": " + why);
  };
  if (fs::is_directory(path, problem)) throw refuse("Is a directory");
  std::ifstream stream(path, std::ios::binary);
  if (!stream) throw refuse(executor::system_error_text(errno));
  std::string text;
  for (auto at = std::istreambuf_iterator<char>(stream); at != std::istreambuf_iterator<char>();
       ++at) {
    text.push_back(*at);
    if (text.size() > size_limit) throw refuse("it is larger than 25 MiB");
  }
  return text;
}

}  // namespace

Json read_event_file(
    const fs::path& file, const fs::path& current_folder, const fs::path& directory) {
  return parse_event(read(locate(file, current_folder, directory), file.string()), file.string());
}

Json parse_event(const std::string& text, const std::string& shown) {
  try {
    auto payload = Json::parse(text, [](int depth, Json::parse_event_t, Json&) {
      if (depth > depth_limit) throw UsageError("the event file is nested too deeply");
      return true;
    });
    if (payload.is_object()) return payload;
    throw UsageError(fmt::format(
        "{}:1:1: an event must be a JSON object, this is {}", shown, payload.type_name()));
  } catch (const Json::parse_error& error) {
    const workflow::SourceFile source(shown, text);
    const auto place = source.position(error.byte == 0 ? 0 : error.byte - 1);
    // nlohmann's text: "[json.exception.parse_error.101] parse error at line 1, column 8: reason".
    std::string reason = error.what();
    const auto colon = reason.find(": ");
    if (colon != std::string::npos) reason = reason.substr(colon + 2);
    throw UsageError(
        fmt::format("{}:{}:{}: invalid JSON: {}", shown, place.line, place.column, reason));
  }
}

void merge_deeply(Json& base, const Json& changes) {
  if (!base.is_object() || !changes.is_object()) {
    base = changes;
    return;
  }
  for (const auto& [key, value] : changes.items()) merge_deeply(base[key], value);
}

std::string text_at(const Json& object, std::initializer_list<const char*> keys) {
  const auto* at = &object;
  for (const char* key : keys) {
    const auto found = at->is_object() ? at->find(key) : at->end();
    if (!at->is_object() || found == at->end()) return "";
    at = &*found;
  }
  return at->is_string() ? at->get<std::string>() : "";
}

}  // namespace crun::runner
