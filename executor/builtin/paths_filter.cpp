#include "executor/builtin/paths_filter.hpp"

#include <filesystem>
#include <fstream>
#include <sstream>
#include <system_error>

#include <unistd.h>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "executor/builtin/paths_filter/changes.hpp"
#include "executor/builtin/paths_filter/filters.hpp"
#include "executor/builtin/paths_filter/list_format.hpp"

namespace crun::executor::builtin {

namespace fs = std::filesystem;

namespace {

Quantifier read_quantifier(const std::string& text) {
  if (text.empty() || text == "some") return Quantifier::some;
  if (text == "every") return Quantifier::every;
  throw Failed(fmt::format(
      "Input parameter 'predicate-quantifier' is set to invalid value '{}'. Valid values: every, "
      "some",
      text));
}

/// A path if it has neither line breaks nor colons, else the YAML itself.
std::vector<Filter> filters_of(const std::string& input) {
  if (input.find_first_of("\n:") != std::string::npos) return read_filters(input, "filters");
  std::error_code error;
  if (!fs::exists(input, error)) {
    throw Failed(fmt::format("Configuration file '{}' not found", input));
  }
  if (!fs::is_regular_file(input, error)) throw Failed(fmt::format("'{}' is not a file.", input));
  std::ifstream file(input, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return read_filters(text.str(), input);
}

std::vector<std::string> paths_of(const std::vector<ChangedFile>& files) {
  std::vector<std::string> paths;
  for (const auto& file : files) paths.push_back(file.path);
  return paths;
}

void tell_matches(
    ActionRuntime& runtime, const Filter& filter, const std::vector<ChangedFile>& files) {
  constexpr std::size_t most = 10;
  runtime.group(fmt::format("Filter {} = {}", filter.name, files.empty() ? "false" : "true"));
  runtime.info(files.empty() ? "Matching files: none" : "Matching files:");
  for (std::size_t index = 0; index < std::min(most, files.size()); ++index) {
    runtime.info(fmt::format("{} [{}]", files[index].path, files[index].status));
  }
  if (files.size() > most) runtime.info(fmt::format("and {} more", files.size() - most));
  runtime.end_group();
}

}  // namespace

void run_paths_filter(ActionRuntime& runtime) {
  if (const auto folder = runtime.input("working-directory"); !folder.empty()) {
    if (::chdir(folder.c_str()) != 0) {
      throw Failed(fmt::format("working-directory '{}' does not exist", folder));
    }
  }
  const auto input = runtime.required_input("filters");
  const auto format = read_list_format(runtime.input("list-files"));
  const auto quantifier = read_quantifier(runtime.input("predicate-quantifier"));
  const auto filters = filters_of(input);
  const auto files =
      runtime.env("CRUN_LOCAL") == "1" ? local_changed_files(runtime) : changed_files(runtime);

  auto changes = nlohmann::json::array();
  bool name_taken = false;
  for (const auto& filter : filters) {
    const auto matching = matching_files(filter, files, quantifier);
    tell_matches(runtime, filter, matching);
    runtime.set_output(filter.name, matching.empty() ? "false" : "true");
    runtime.set_output(filter.name + "_count", std::to_string(matching.size()));
    if (format != ListFormat::none) {
      runtime.set_output(filter.name + "_files", format_list(format, paths_of(matching)));
    }
    if (!matching.empty()) changes.push_back(filter.name);
    name_taken = name_taken || filter.name == "changes";
  }
  if (name_taken) {
    runtime.info("Cannot set changes output variable - name already used by filter output");
  } else {
    runtime.set_output("changes", changes.dump());
  }
}

}  // namespace crun::executor::builtin
