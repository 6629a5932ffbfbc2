// hashfiles: the hash over the files that patterns match, in a workspace of the pack or in one made
// for the case.
#include <fstream>
#include <string>

#include <unistd.h>

#include "executor/files/hash_files.hpp"
#include "tests/conformance/category.hpp"
#include "tests/conformance/pack.hpp"

namespace crun::conformance {

namespace {

namespace fs = std::filesystem;

/// A folder with the files and links of a case, gone with it.
class Workspace {
 public:
  explicit Workspace(const Json& test)
      : path_(fs::temp_directory_path() / ("crun-hashfiles-" + std::to_string(::getpid()))) {
    fs::remove_all(path_);
    fs::create_directories(path_);
    const auto files = test.value("files_to_create", Json::object());
    const auto links = test.value("symlinks", Json::object());
    for (const auto& [name, text] : files.items()) {
      fs::create_directories((path_ / name).parent_path());
      std::ofstream(path_ / name, std::ios::binary) << text.get<std::string>();
    }
    for (const auto& [name, target] : links.items()) {
      fs::create_directories((path_ / name).parent_path());
      fs::create_symlink(target.get<std::string>(), path_ / name);
    }
  }
  ~Workspace() { fs::remove_all(path_); }
  Workspace(const Workspace&) = delete;
  Workspace& operator=(const Workspace&) = delete;

  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

void run(const fs::path& folder, Report& report) {
  each_line(folder / "cases.jsonl", report, [&](const Json& test) {
    std::vector<std::string> arguments;
    if (test.value("follow_symlinks", false)) arguments.push_back("--follow-symbolic-links");
    for (const auto& pattern : test.at("patterns")) arguments.push_back(pattern);
    Workspace made(test);
    const auto workspace =
        test.contains("workspace") ? folder / test.at("workspace").get<std::string>() : made.path();
    report.check(
        test.at("id"), test.at("result"), executor::hash_files(fs::absolute(workspace), arguments));
  });
}

const Registration registration{{"hashfiles", run}};

}  // namespace

}  // namespace crun::conformance
