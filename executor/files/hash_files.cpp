#include "executor/files/hash_files.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <memory>
#include <set>

#include <dirent.h>
#include <sys/stat.h>

#include "executor/error.hpp"
#include "executor/files/glob_pattern.hpp"
#include "executor/files/sha256.hpp"

namespace crun::executor {

namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::seconds time_limit{120};  // GitHub's

[[noreturn]] void fail(const std::string& what, int error) {
  throw Error("hashFiles: " + what + ": " + system_error_text(error));
}

/// Sorted by bytes, as node's readdir gives them.
std::vector<std::string> entries_of(const std::string& folder) {
  std::unique_ptr<DIR, int (*)(DIR*)> open(::opendir(folder.c_str()), ::closedir);
  std::vector<std::string> names;
  if (!open) {
    if (errno == ENOENT) return names;
    fail("cannot read " + folder, errno);
  }
  while (dirent* entry = ::readdir(open.get())) {
    std::string name = entry->d_name;
    if (name != "." && name != "..") names.push_back(std::move(name));
  }
  std::sort(names.begin(), names.end());
  return names;
}

class Walk {
 public:
  Walk(const std::filesystem::path& workspace, const std::vector<std::string>& arguments)
      : workspace_(workspace.lexically_normal().string()) {
    while (workspace_.size() > 1 && workspace_.ends_with('/')) workspace_.pop_back();
    for (std::size_t i = 0; i < arguments.size(); ++i) {
      if (i == 0 && arguments[i].starts_with("--")) {
        read_option(arguments[i]);
      } else {
        add_patterns(arguments[i]);
      }
    }
  }

  std::vector<std::filesystem::path> run() {
    for (const std::string& path : search_paths()) {
      struct stat info {};
      if (::lstat(path.c_str(), &info) == 0) visit(path, 1);
    }
    return std::move(found_);
  }

 private:
  void read_option(const std::string& option) {
    if (option != "--follow-symbolic-links") {
      throw Error(
          "Invalid glob option " + option + ", available option: '--follow-symbolic-links'.");
    }
    follow_links_ = true;
  }

  /// Lines; `#` begins a comment. What a pattern names stands for all below it as well.
  void add_patterns(const std::string& text) {
    for (std::size_t begin = 0; begin <= text.size();) {
      std::size_t end = std::min(text.find('\n', begin), text.size());
      std::string line = text.substr(begin, end - begin);
      begin = end + 1;
      auto first = line.find_first_not_of(" \t\r\v\f");
      if (first == std::string::npos || line[first] == '#') continue;
      GlobPattern pattern(line, workspace_);
      patterns_.push_back(pattern);
      if (pattern.implies_descendants()) patterns_.push_back(pattern.with_descendants());
    }
  }

  /// Where patterns begin, in their order, without those that lie below another.
  std::vector<std::string> search_paths() const {
    std::set<std::string> all, taken;
    for (const GlobPattern& pattern : patterns_) {
      if (!pattern.negated()) all.insert(pattern.search_path());
    }
    std::vector<std::string> result;
    for (const GlobPattern& pattern : patterns_) {
      if (pattern.negated() || taken.contains(pattern.search_path())) continue;
      bool below = false;
      std::filesystem::path path = pattern.search_path();
      while (!below && path.has_relative_path()) {
        path = path.parent_path();
        below = all.contains(path.string());
      }
      if (below) continue;
      taken.insert(pattern.search_path());
      result.push_back(pattern.search_path());
    }
    return result;
  }

  int match(const std::string& path) const {
    int kinds = 0;
    for (const GlobPattern& pattern : patterns_) {
      int matched = static_cast<int>(pattern.match(path));
      kinds = pattern.negated() ? kinds & ~matched : kinds | matched;
    }
    return kinds;
  }

  bool leads_on(const std::string& path) const {
    return std::any_of(patterns_.begin(), patterns_.end(), [&](const GlobPattern& pattern) {
      return !pattern.negated() && pattern.leads_on(path);
    });
  }

  /// Below the workspace or above it; nothing else can hold a file that counts.
  bool concerns_workspace(const std::string& path) const {
    auto is_below = [](const std::string& inner, const std::string& outer) {
      return outer == "/" || inner == outer || inner.starts_with(outer + "/");
    };
    return is_below(path, workspace_) || is_below(workspace_, path);
  }

  bool closes_circle(const std::string& path, std::size_t level) {
    std::error_code error;
    std::string real = std::filesystem::canonical(path, error).string();
    if (error) return true;
    chain_.resize(std::min(chain_.size(), level - 1));
    if (std::find(chain_.begin(), chain_.end(), real) != chain_.end()) return true;
    chain_.push_back(std::move(real));
    return false;
  }

  void visit(const std::string& path, std::size_t level) {
    if (Clock::now() > deadline_) {
      throw Error("hashFiles: could not finish within 120 seconds.");
    }
    int matched = match(path);
    if (matched == 0 && !leads_on(path)) return;
    struct stat info {};
    if ((follow_links_ ? ::stat : ::lstat)(path.c_str(), &info) != 0) return;
    if (!S_ISDIR(info.st_mode)) {
      if (matched & static_cast<int>(GlobKind::file)) take(path);
      return;
    }
    if (!concerns_workspace(path) || (follow_links_ && closes_circle(path, level))) return;
    std::string prefix = path == "/" ? path : path + "/";
    for (const std::string& name : entries_of(path)) visit(prefix + name, level + 1);
  }

  void take(const std::string& path) {
    if (!path.starts_with(workspace_ + "/")) return;
    struct stat info {};
    if (::stat(path.c_str(), &info) != 0) fail("cannot read " + path, errno);
    if (!S_ISDIR(info.st_mode)) found_.emplace_back(path);
  }

  std::string workspace_;
  std::vector<GlobPattern> patterns_;
  bool follow_links_ = false;
  Clock::time_point deadline_ = Clock::now() + time_limit;
  std::vector<std::string> chain_;  // real paths of the folders we are in
  std::vector<std::filesystem::path> found_;
};

}  // namespace

std::vector<std::filesystem::path> files_to_hash(
    const std::filesystem::path& workspace, const std::vector<std::string>& arguments) {
  return Walk(workspace, arguments).run();
}

std::string hash_files(
    const std::filesystem::path& workspace, const std::vector<std::string>& arguments) {
  const auto deadline = Clock::now() + time_limit;
  auto files = files_to_hash(workspace, arguments);
  if (files.empty()) return {};
  Sha256 outer;
  for (const auto& file : files) {
    Sha256Digest digest = sha256_of_file(file, deadline);
    outer.add(digest.data(), digest.size());
  }
  return to_hex(outer.finish());
}

}  // namespace crun::executor
