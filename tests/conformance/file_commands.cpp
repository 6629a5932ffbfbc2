// commands: the files a step writes. $GITHUB_ENV and the like, the summary, artifacts.
#include "executor/files/file_commands.hpp"

#include <fstream>
#include <memory>
#include <string>

#include <unistd.h>

#include "executor/files/artifact_subjects.hpp"
#include "tests/conformance/category.hpp"
#include "tests/conformance/pack.hpp"

namespace crun::conformance {

namespace {

namespace fs = std::filesystem;
using namespace crun::executor;

struct Folder {
  Folder() : path(fs::temp_directory_path() / ("crun-commands-" + std::to_string(::getpid()))) {
    fs::remove_all(path);
    fs::create_directories(path);
  }
  ~Folder() { fs::remove_all(path); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  fs::path path;
};

/// Writes one file of a step as the case says, and reads all.
FileCommandResults read_step(const std::string& variable, const Json& text, bool bom) {
  Folder folder;
  FileCommands files(folder.path, "case");
  Environment environment;
  files.export_to(environment);
  const fs::path path = environment.get(variable);
  if (text.is_null()) {
    fs::remove(path);
  } else {
    std::ofstream(path, std::ios::binary) << (bom ? "\xEF\xBB\xBF" : "") << text.get<std::string>();
  }
  return files.read();
}

Json to_object(const NamedValues& values) {
  Json object = Json::object();
  for (const auto& [name, value] : values) object[name] = value;
  return object;
}

void run_key_values(const fs::path& file, Report& report) {
  each_line(file, report, [&](const Json& test) {
    const std::string id = test.at("id");
    const auto variable = test.at("variable").get<std::string>();
    const auto results = read_step(variable, test.at("file_text"), test.value("bom", false));
    const auto& values = variable == "GITHUB_ENV"      ? results.environment
                         : variable == "GITHUB_OUTPUT" ? results.outputs
                                                       : results.state;
    if (test.contains("error_contains")) {
      const auto wanted = test.at("error_contains").get<std::string>();
      const auto got = results.errors.empty() ? "no error" : results.errors.front().message;
      got.find(wanted) != std::string::npos ? report.pass() : report.fail(id, wanted, got);
      return;
    }
    const auto issues = results.blocked.size() + results.errors.size();
    Json wanted = {{"values", test.at("expected")}, {"issues", test.at("issues")}};
    Json got = {{"values", to_object(values)}, {"issues", issues}};
    // Names in any order.
    report.check(id, nlohmann::json(wanted).dump(), nlohmann::json(got).dump());
  });
}

void run_summary(const fs::path& file, Report& report) {
  each_line(file, report, [&](const Json& test) {
    Json text;
    if (test.contains("file_text")) text = test.at("file_text");
    if (test.contains("file_size"))
      text = std::string(test.at("file_size").get<std::size_t>(), 'x');
    const auto results = read_step("GITHUB_STEP_SUMMARY", text, false);
    const bool uploaded = !results.summary.empty();
    const int issues = results.summary_error.empty() ? 0 : 1;
    report.check(
        test.at("id"),
        Json{{"uploaded", test.value("uploaded", false)}, {"issues", test.value("issues", 0)}}
            .dump(),
        Json{{"uploaded", uploaded}, {"issues", issues}}.dump());
  });
}

Json subjects_json(const std::vector<ArtifactSubject>& subjects) {
  Json list = Json::array();
  for (const auto& subject : subjects) {
    list.push_back({{"name", subject.name}, {"digest", subject.digest}, {"kind", subject.kind}});
  }
  return list;
}

std::string in_folder(std::string text, const fs::path& folder) {
  for (const std::string variable : {"${TMP}", "${GITHUB_WORKSPACE}"}) {
    for (auto at = text.find(variable); at != std::string::npos; at = text.find(variable)) {
      text.replace(at, variable.size(), folder.string());
    }
  }
  return text;
}

std::string decoded(const Json& content) {
  if (content.is_string()) return content;
  const auto text = content.at("base64").get<std::string>();
  // Cases hold a single byte: two digits count.
  const std::string digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  return {static_cast<char>(digits.find(text.at(0)) << 2 | digits.find(text.at(1)) >> 4)};
}

/// Each expected subject is there; of files the cases may leave out the digest.
bool includes(const Json& subjects, const Json& wanted) {
  if (subjects.size() != wanted.size()) return false;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    for (const auto& [key, value] : wanted[i].items()) {
      if (subjects[i].at(key) != value) return false;
    }
  }
  return true;
}

void run_artifact_case(const Json& test, Report& report) {
  const std::string id = test.at("id");
  Folder folder;
  const auto files = test.value("files", Json::object());
  for (const auto& [name, content] : files.items()) {
    const fs::path path = in_folder(name, folder.path);
    fs::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << decoded(content);
  }
  for (const auto& name : test.value("dirs", Json::array())) {
    fs::create_directories(in_folder(name, folder.path));
  }
  ArtifactSubjects subjects;
  if (test.contains("already_declared")) {
    const auto& before = test.at("already_declared");
    const auto count = before.at("count").get<int>();
    for (int i = 0; i < count; ++i) {
      auto name = before.at("pattern").get<std::string>();
      if (count > 1) name += std::to_string(i);
      subjects.add({name, before.value("digest", "sha256:" + std::string(64, '0')), "oci"});
    }
  }
  try {
    if (test.at("enabled")) {
      subjects.add_file(in_folder(test.at("file_text"), folder.path), folder.path);
    }
  } catch (const std::exception& error) {
    const std::string got = error.what();
    for (const auto& part : test.value("error_contains", Json::array())) {
      if (got.find(part.get<std::string>()) == std::string::npos) return report.fail(id, part, got);
    }
    return test.contains("error_contains") ? report.pass() : report.fail(id, "no error", got);
  }
  const auto got = subjects_json(subjects.all());
  if (test.contains("error_contains")) return report.fail(id, "an error", got.dump());
  if (test.contains("expected_total")) {
    return report.check(id, test.at("expected_total").dump(), std::to_string(got.size()));
  }
  const auto& wanted = test.at("expected_subjects");
  includes(got, wanted) ? report.pass() : report.fail(id, wanted.dump(), got.dump());
}

void run_list(const fs::path& file, Report& report) {
  each_line(file, report, [&](const Json& test) {
    ArtifactSubjects subjects;
    for (const auto& each : test.at("declared")) {
      subjects.add({each.at("name"), each.at("digest"), each.at("kind")});
    }
    const auto text = test.value("enabled", true) ? subjects.to_json() : std::string();
    if (test.contains("expected_text")) {
      report.check(test.at("id"), test.at("expected_text"), text);
    } else if (test.contains("expected_json")) {
      report.check(test.at("id"), test.at("expected_json").dump(), Json::parse(text).dump());
    } else {
      report.check(test.at("id"), "{", text.substr(0, 1));
    }
  });
}

void run_artifacts(const fs::path& file, Report& report) {
  each_line(file, report, [&](const Json& test) { run_artifact_case(test, report); });
}

const Registration key_values{{"commands/file_commands.jsonl", run_key_values}};
const Registration summary{{"commands/step_summary.jsonl", run_summary}};
const Registration artifacts{{"commands/artifacts_file.jsonl", run_artifacts}};
const Registration list{{"commands/artifacts_list.jsonl", run_list}};

}  // namespace

}  // namespace crun::conformance
