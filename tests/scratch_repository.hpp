// A git repository for a test, made with the git program in a temporary folder that goes with it.
#pragma once

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>

#include <sys/wait.h>
#include <unistd.h>

#include "executor/files/remove_tree.hpp"

namespace crun::tests {

/// A folder that is removed at the end.
class ScratchFolder {
 public:
  ScratchFolder() {
    auto pattern = (std::filesystem::temp_directory_path() / "crun-test-XXXXXX").string();
    if (!::mkdtemp(pattern.data())) throw std::runtime_error("mkdtemp failed");
    path_ = pattern;
  }
  ~ScratchFolder() { executor::remove_tree(path_); }  // a workspace in it may be a mount
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

struct ShellResult {
  int code = 0;
  std::string out;  // standard output, without line breaks at its end
};

/// Runs a script in a folder, away from the user's git configuration, at a fixed time.
inline ShellResult shell(const std::filesystem::path& folder, const std::string& script) {
  const std::string setting =
      "export HOME=/nonexistent XDG_CONFIG_HOME=/nonexistent GIT_CONFIG_NOSYSTEM=1 "
      "GIT_AUTHOR_NAME=Ada GIT_AUTHOR_EMAIL=ada@example.com GIT_COMMITTER_NAME=Ada "
      "GIT_COMMITTER_EMAIL=ada@example.com "
      "GIT_AUTHOR_DATE=2026-01-02T10:00:00Z GIT_COMMITTER_DATE=2026-01-02T10:00:00Z\n"
      "unset GIT_DIR GIT_WORK_TREE\nset -e\n";
  auto file = std::filesystem::temp_directory_path().string() + "/crun-test-script-XXXXXX";
  ::close(::mkstemp(file.data()));
  std::ofstream(file) << setting << "cd '" << folder.string() << "'\n" << script << '\n';
  std::FILE* pipe = ::popen(("bash '" + file + "'").c_str(), "re");
  if (!pipe) throw std::runtime_error("popen failed");
  ShellResult result;
  std::array<char, 4096> buffer{};
  for (std::size_t got; (got = std::fread(buffer.data(), 1, buffer.size(), pipe)) > 0;) {
    result.out.append(buffer.data(), got);
  }
  const int raw = ::pclose(pipe);
  result.code = WIFEXITED(raw) ? WEXITSTATUS(raw) : 128;
  std::filesystem::remove(file);
  while (result.out.ends_with('\n')) result.out.pop_back();
  return result;
}

class ScratchRepository {
 public:
  /// With one commit on main that holds README.md, unless `script` replaces it.
  explicit ScratchRepository(
      const std::string& script = "echo hello > README.md; git add -A; git commit -qm start")
      : path_(folder_.path() / "repository") {
    std::filesystem::create_directory(path_);
    run("git init -q -b main; " + script);
  }

  const std::filesystem::path& path() const { return path_; }
  /// A place beside the repository.
  std::filesystem::path beside(const std::string& name) const { return folder_.path() / name; }

  /// Standard output of a script that must succeed.
  std::string run(const std::string& script) const {
    const auto result = shell(path_, script);
    if (result.code != 0) throw std::runtime_error("failed: " + script + "\n" + result.out);
    return result.out;
  }
  std::string git(const std::string& arguments) const { return run("git " + arguments); }
  std::string id(const std::string& revision = "HEAD") const {
    return git("rev-parse '" + revision + "^{commit}'");
  }
  void write(const std::string& name, const std::string& text) const {
    std::filesystem::create_directories((path_ / name).parent_path());
    std::ofstream(path_ / name) << text;
  }
  void commit(const std::string& message) const {
    run("git add -A; git commit -qm '" + message + "'");
  }

 private:
  ScratchFolder folder_;
  std::filesystem::path path_;
};

/// Everything below a folder: path, kind, size, time of change, content hash is left to the caller.
inline std::string listing(const std::filesystem::path& folder) {
  return shell(folder, "find . -printf '%p %y %m %s %T@ %C@\\n' | sort").out;
}

inline std::string read_text(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

}  // namespace crun::tests
