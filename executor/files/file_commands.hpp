// GITHUB_OUTPUT, GITHUB_ENV, GITHUB_PATH, GITHUB_STATE, GITHUB_STEP_SUMMARY: files a step writes,
// read when it ends, also when it failed (runner.md 1.6).
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "executor/process/environment.hpp"

namespace crun::executor {

using NamedValues = std::vector<std::pair<std::string, std::string>>;

/// A file that is not in the format: "Unable to process file command 'env' successfully." + why.
struct FileCommandError {
  std::string command;  // "env", "output", "state", "path"
  std::string message;
};

/// NAME=VALUE lines and NAME<<DELIMITER blocks, with GitHub's rules and messages. Throws
/// std::runtime_error with GitHub's message.
NamedValues parse_key_values(std::string_view text);

struct FileCommandResults {
  NamedValues environment, outputs, state;
  std::vector<std::string> paths;
  std::string summary;
  std::string summary_error;         // too large: told, but no failure
  std::vector<std::string> blocked;  // NODE_OPTIONS in GITHUB_ENV: told, but no failure
  std::vector<FileCommandError> errors;
};

/// Fresh, empty files for one step.
class FileCommands {
 public:
  /// Creates the files below `folder`. `shared`: any user of a container may write them, else only
  /// ours. Throws Error.
  FileCommands(const std::filesystem::path& folder, const std::string& prefix, bool shared = false);
  ~FileCommands();  // removes them
  FileCommands(const FileCommands&) = delete;
  FileCommands& operator=(const FileCommands&) = delete;

  /// GITHUB_ENV and so on. `folder`: that of the files as the program sees it, when it is another.
  void export_to(Environment& environment, const std::string& folder = {}) const;
  /// The files by the names that the github context has for them: "output", "step_summary".
  NamedValues paths(const std::string& folder) const;
  FileCommandResults read() const;
  /// Somebody else removes the files.
  void abandon() { abandoned_ = true; }
  /// A further file, for a built-in action's report ($CRUN_REPORT). Throws Error.
  void add_report();
  /// Its lines of JSON.
  std::vector<std::string> read_report() const;

 private:
  std::string path(const char* name) const;
  void create(const char* name, bool shared);

  std::filesystem::path folder_;
  std::string prefix_;
  bool has_report_ = false;
  bool abandoned_ = false;
};

/// The files of a job's steps, one set a step. A set is made ahead and removed late, while a step
/// runs: between two steps nobody waits for the file system.
class FileCommandStock {
 public:
  /// Makes the first set ahead: what take() is asked for later. Throws nothing.
  void prepare(const std::filesystem::path& folder, bool shared) noexcept;
  /// What take() is going to give, or nothing where take() is going to throw.
  const FileCommands* next(const std::filesystem::path& folder, bool shared) noexcept;
  /// A fresh set, as the constructor of FileCommands makes it. Throws Error.
  std::unique_ptr<FileCommands> take(const std::filesystem::path& folder, bool shared);
  /// Is read and no longer needed.
  void give_back(std::unique_ptr<FileCommands> files) { used_.push_back(std::move(files)); }
  /// The folder goes as a whole: nothing of it is to be removed one by one.
  void abandon();
  /// For the last step: none is made ahead any more.
  void enough() { enough_ = true; }
  /// Removes what came back and makes the next set. Throws nothing: take() tells what goes wrong.
  void tidy() noexcept;

 private:
  std::unique_ptr<FileCommands> make() const;

  std::filesystem::path folder_;
  bool shared_ = false;
  bool enough_ = false;
  std::unique_ptr<FileCommands> next_;
  std::vector<std::unique_ptr<FileCommands>> used_;
};

}  // namespace crun::executor
