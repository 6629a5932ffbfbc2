#include "tests/conformance/pack.hpp"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace crun::conformance {

namespace fs = std::filesystem;

std::string read_file(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  if (!stream) throw std::runtime_error("cannot read " + file.string());
  return {std::istreambuf_iterator<char>(stream), {}};
}

std::vector<Json> read_lines(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  if (!stream) throw std::runtime_error("cannot read " + file.string());
  std::vector<Json> lines;
  for (std::string line; std::getline(stream, line);) {
    if (!line.empty()) lines.push_back(Json::parse(line));
  }
  return lines;
}

void each_line(
    const fs::path& file, Report& report, const std::function<void(const Json& test)>& run) {
  for (const auto& test : read_lines(file)) {
    try {
      run(test);
    } catch (const std::exception& error) {
      report.fail(test.value("id", file.filename().string()), "the case can be run", error.what());
    }
  }
}

void each_folder(
    const fs::path& folder, Report& report, const std::function<void(const fs::path& test)>& run) {
  for (const auto& test : case_folders(folder)) {
    try {
      run(test);
    } catch (const std::exception& error) {
      report.fail(test.filename().string(), "the case can be run", error.what());
    }
  }
}

std::vector<fs::path> line_files(const fs::path& folder) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() == ".jsonl") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::vector<fs::path> case_folders(const fs::path& folder) {
  std::vector<fs::path> folders;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.is_directory()) folders.push_back(entry.path());
  }
  std::sort(folders.begin(), folders.end());
  return folders;
}

Json to_json(const workflow::Value& value) {
  switch (value.kind()) {
    case workflow::Value::Kind::null:
      return nullptr;
    case workflow::Value::Kind::boolean:
      return value.boolean();
    case workflow::Value::Kind::number:
      if (!std::isfinite(value.number())) return value.to_string();
      return value.number();
    case workflow::Value::Kind::string:
      return value.string();
    case workflow::Value::Kind::array: {
      auto array = Json::array();
      for (const auto& item : value.array()) array.push_back(to_json(item));
      return array;
    }
    case workflow::Value::Kind::object: {
      auto object = Json::object();
      for (const auto& [name, member] : value.object()) object[name] = to_json(member);
      return object;
    }
  }
  return nullptr;
}

}  // namespace crun::conformance
