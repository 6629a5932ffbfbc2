#include "executor/builtin/paths_filter/git_commands.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "executor/process/command.hpp"

namespace crun::executor::builtin {

namespace {

CommandResult run_git(const std::vector<std::string>& arguments) {
  Command command;
  command.argv = {"git"};
  command.argv.insert(command.argv.end(), arguments.begin(), arguments.end());
  return run_command(command);
}

std::string status_word(char letter) {
  switch (letter) {
    case 'A':
      return "added";
    case 'C':
      return "copied";
    case 'D':
      return "deleted";
    case 'R':
      return "renamed";
    case 'U':
      return "unmerged";
    default:
      return "modified";
  }
}

}  // namespace

std::optional<std::string> try_git(const std::vector<std::string>& arguments) {
  auto result = run_git(arguments);
  if (!result.status.success()) return std::nullopt;
  return std::move(result.out);
}

std::string git_output(const std::vector<std::string>& arguments) {
  auto result = run_git(arguments);
  if (result.status.success()) return std::move(result.out);
  const auto git = find_program("git", [] {
    const char* path = std::getenv("PATH");
    return std::string(path != nullptr ? path : "");
  }());
  if (!result.err.empty()) std::fputs(result.err.c_str(), stderr);
  throw Failed(fmt::format(
      "The process '{}' failed with exit code {}",
      git ? git->string() : "git",
      result.status.code()));
}

std::string git_line(const std::vector<std::string>& arguments) {
  auto text = git_output(arguments);
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
  return text;
}

std::vector<ChangedFile> read_name_status(const std::string& output) {
  std::vector<std::string> fields;
  std::size_t at = 0;
  while (at < output.size()) {
    const auto end = std::min(output.find('\0', at), output.size());
    fields.push_back(output.substr(at, end - at));
    at = end + 1;
  }
  std::vector<ChangedFile> files;
  for (std::size_t index = 0; index + 1 < fields.size(); index += 2) {
    auto status = fields[index];
    status.erase(0, status.find_first_not_of("\n"));
    files.push_back({fields[index + 1], status_word(status.empty() ? 'M' : status[0])});
  }
  return files;
}

std::vector<ChangedFile> git_diff(const std::string& range) {
  return read_name_status(git_output({"diff", "--no-renames", "--name-status", "-z", range}));
}

std::vector<ChangedFile> last_commit_changes() {
  return read_name_status(
      git_output({"log", "--format=", "--no-renames", "--name-status", "-z", "-n", "1"}));
}

std::vector<ChangedFile> all_files_as_added() {
  const auto output = git_output({"ls-files", "-z"});
  std::vector<ChangedFile> files;
  std::size_t at = 0;
  while (at < output.size()) {
    const auto end = std::min(output.find('\0', at), output.size());
    files.push_back({output.substr(at, end - at), "added"});
    at = end + 1;
  }
  return files;
}

bool is_commit_id(std::string_view text) {
  return text.size() == 40 && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

std::string short_ref(std::string_view ref) {
  for (const std::string_view prefix : {"refs/heads/", "refs/tags/"}) {
    if (ref.starts_with(prefix)) return std::string(ref.substr(prefix.size()));
  }
  return std::string(ref);
}

}  // namespace crun::executor::builtin
