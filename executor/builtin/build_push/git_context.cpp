#include "executor/builtin/build_push/git_context.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace crun::executor::builtin {
namespace {

bool wants_head_of_pull_request(const ActionRuntime& runtime) {
  const std::string value = runtime.env("DOCKER_DEFAULT_GIT_CONTEXT_PR_HEAD_REF");
  return value == "true" || value == "1";
}

/// Which revision of a pull request has changed three times.
std::string revision_of_pull_request(const ActionRuntime& runtime, const std::string& ref) {
  const Version& version = runtime.version();
  const bool head = wants_head_of_pull_request(runtime);
  if (version >= Version{7, 2, 0}) {
    if (!head) return runtime.env("GITHUB_SHA");
    const auto event = nlohmann::json::parse(runtime.event_json(), nullptr, false);
    const auto sha = nlohmann::json::json_pointer("/pull_request/head/sha");
    const bool known = event.is_object() && event.contains(sha) && event[sha].is_string();
    return known ? event[sha].get<std::string>() : runtime.env("GITHUB_SHA");
  }
  const bool always_head = version >= Version{6, 9, 0} && version < Version{6, 12, 0};
  const bool may_ask = version >= Version{6, 12, 0};
  if ((always_head || (may_ask && head)) && ref.ends_with("/merge")) {
    return ref.substr(0, ref.size() - 6) + "/head";
  }
  return ref;
}

}  // namespace

std::string default_git_context(const ActionRuntime& runtime) {
  const std::string ref = runtime.env("GITHUB_REF"), sha = runtime.env("GITHUB_SHA");
  std::string server = runtime.env("GITHUB_SERVER_URL");
  if (server.empty()) server = "https://github.com";
  std::string revision;
  if (ref.starts_with("refs/pull/")) {
    revision = revision_of_pull_request(runtime, ref);
  } else {
    revision = sha.empty() ? ref : sha;
  }
  return fmt::format("{}/{}.git#{}", server, runtime.env("GITHUB_REPOSITORY"), revision);
}

}  // namespace crun::executor::builtin
