// Reads every #include of the project: stairs go down only, and heavy libraries stay in their
// files.

#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include "tests/catch.hpp"

namespace {

namespace fs = std::filesystem;

struct Include {
  std::string file;    // relative to the root
  std::string target;  // what stands between the quotes or brackets
};

std::vector<Include> includes() {
  static const std::regex pattern(R"(^\s*#\s*include\s*[<"]([^>"]+)[>"])");
  std::vector<Include> found;
  const fs::path root = CRUN_SOURCE_DIR;
  for (const char* floor : {"workflow", "executor", "runner"}) {
    for (const auto& entry : fs::recursive_directory_iterator(root / floor)) {
      const auto extension = entry.path().extension();
      if (extension != ".hpp" && extension != ".cpp") continue;
      std::ifstream stream(entry.path());
      for (std::string line; std::getline(stream, line);) {
        std::smatch match;
        if (std::regex_search(line, match, pattern)) {
          found.push_back({fs::relative(entry.path(), root).string(), match[1]});
        }
      }
    }
  }
  return found;
}

std::string floor_of(const std::string& path) {
  return path.substr(0, path.find('/'));
}

}  // namespace

TEST_CASE("includes go down the stairs only", "[architecture]") {
  const std::map<std::string, std::set<std::string>> allowed = {
      {"workflow", {"workflow"}},
      {"executor", {"workflow", "executor"}},
      {"runner", {"workflow", "executor", "runner"}}};
  const auto all = includes();
  CHECK(all.size() > 20);
  for (const auto& include : all) {
    const auto target = floor_of(include.target);
    if (!allowed.count(target)) continue;  // not ours
    INFO(include.file << " includes " << include.target);
    CHECK(allowed.at(floor_of(include.file)).count(target) == 1);
  }
}

TEST_CASE(
    "the workflow floor is pure: no clock, thread, socket, process or file", "[architecture]") {
  const std::set<std::string> impure = {
      "thread",
      "mutex",
      "fstream",
      "filesystem",
      "chrono",
      "unistd.h",
      "sys/socket.h",
      "spawn.h",
      "future",
      "condition_variable",
      "fcntl.h"};
  for (const auto& include : includes()) {
    if (floor_of(include.file) != "workflow") continue;
    INFO(include.file << " includes " << include.target);
    CHECK(impure.count(include.target) == 0);
    CHECK(include.target.rfind("boost/", 0) != 0);
  }
}

TEST_CASE("heavy libraries stay behind the files that own them", "[architecture]") {
  for (const auto& include : includes()) {
    const bool header = include.file.ends_with(".hpp");
    INFO(include.file << " includes " << include.target);
    if (include.target.starts_with("yaml-cpp/")) CHECK(include.file == "workflow/yaml/reader.cpp");
    if (include.target == "regex") CHECK(false);
    if (include.target == "boost/asio.hpp") CHECK(false);
    if (include.target == "nlohmann/json.hpp" || include.target.starts_with("boost/beast") ||
        include.target == "git2.h" || include.target == "curl/curl.h" ||
        include.target == "sqlite3.h" || include.target.starts_with("boost/process")) {
      // What loads libcurl names its functions: a header of two files, which no other may read on.
      CHECK((!header || include.file == "executor/net/curl_library.hpp"));
    }
    if (include.target == "executor/net/curl_library.hpp") CHECK_FALSE(header);
  }
}
