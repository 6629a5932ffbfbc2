// The few questions that built-in actions put to GitHub's REST API.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "executor/builtin/action_runtime.hpp"

namespace crun::executor::builtin {

class GitHubApi {
 public:
  /// Nothing in a local run (CRUN_LOCAL=1), which never asks GitHub, or without $GITHUB_API_URL.
  static std::optional<GitHubApi> of(const ActionRuntime& runtime, std::string token);

  /// The JSON of one answer; `path` begins with a slash. Throws Failed with the API's message.
  std::string get(std::string_view path) const;
  /// The same for lists that come in pages.
  std::vector<std::string> get_pages(std::string_view path) const;

 private:
  GitHubApi(std::string base, std::string token)
      : base_(std::move(base)), token_(std::move(token)) {}

  std::string base_;
  std::string token_;
};

}  // namespace crun::executor::builtin
