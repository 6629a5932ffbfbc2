#include "executor/builtin/checkout/settings.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <string_view>

#include <fmt/format.h>

#include "executor/builtin/javascript_text.hpp"

namespace crun::executor::builtin::checkout {
namespace {

namespace fs = std::filesystem;

std::string upper(std::string text) {
  for (char& c : text) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return text;
}

/// Anything but `true` in any case is false: the original does not check.
bool flag(const ActionRuntime& runtime, std::string_view name) {
  return upper(runtime.input(name)) == "TRUE";
}

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    if (const auto line = trim_javascript(text.substr(0, end)); !line.empty()) {
      lines.emplace_back(line);
    }
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

/// Not a number, or below zero: everything.
int depth_of(const std::string& text) {
  if (text.empty()) return 1;
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool usable = error == std::errc{} && end == text.data() + text.size() && number >= 0;
  return usable ? static_cast<int>(std::min(std::floor(number), 1e9)) : 0;
}

bool is_commit_id(std::string_view text) {
  return text.size() == 40 &&
         std::all_of(text.begin(), text.end(), [](unsigned char c) { return std::isxdigit(c); });
}

bool is_below(const fs::path& path, const fs::path& folder) {
  const auto [at, rest] = std::mismatch(folder.begin(), folder.end(), path.begin(), path.end());
  static_cast<void>(rest);
  return at == folder.end();
}

fs::path without_slash(const fs::path& path) {
  const auto normal = path.lexically_normal();
  return normal.has_filename() ? normal : normal.parent_path();
}

/// By name as the original checks it, and by where links lead: what is there will be deleted.
void read_path(const ActionRuntime& runtime, Settings& settings) {
  const auto workspace = runtime.env("GITHUB_WORKSPACE");
  if (workspace.empty()) throw Failed("GITHUB_WORKSPACE not defined");
  settings.workspace = without_slash(fs::absolute(workspace));
  if (!fs::is_directory(settings.workspace)) {
    throw Failed(fmt::format("Directory '{}' does not exist", settings.workspace.string()));
  }
  settings.path = without_slash(settings.workspace / runtime.input("path"));
  const bool below =
      is_below(settings.path, settings.workspace) &&
      is_below(fs::weakly_canonical(settings.path), fs::weakly_canonical(settings.workspace));
  if (!below) {
    throw Failed(fmt::format(
        "Repository path '{}' is not under '{}'",
        settings.path.string(),
        settings.workspace.string()));
  }
}

void read_ref(const ActionRuntime& runtime, Settings& settings) {
  settings.ref = runtime.input("ref");
  settings.ref_given = !settings.ref.empty();
  if (!settings.ref_given && settings.of_workflow) {
    settings.ref = runtime.env("GITHUB_REF");
    settings.commit = runtime.env("GITHUB_SHA");
    // The ref of a merged pull request comes without refs/heads/.
    if (!settings.commit.empty() && !settings.ref.empty() && !settings.ref.starts_with("refs/")) {
      settings.ref = "refs/heads/" + settings.ref;
    }
  } else if (is_commit_id(settings.ref)) {
    settings.commit = settings.ref;
    settings.ref.clear();
  }
}

}  // namespace

Settings read_settings(const ActionRuntime& runtime) {
  Settings settings;
  const auto own = runtime.env("GITHUB_REPOSITORY");
  settings.repository = runtime.input("repository");
  if (settings.repository.empty()) settings.repository = own;
  const auto slash = settings.repository.find('/');
  if (slash == std::string::npos || slash == 0 || slash + 1 == settings.repository.size() ||
      settings.repository.find('/', slash + 1) != std::string::npos) {
    throw Failed(fmt::format(
        "Invalid repository '{}'. Expected format {{owner}}/{{repo}}.", settings.repository));
  }
  settings.of_workflow = upper(settings.repository) == upper(own);
  read_path(runtime, settings);
  read_ref(runtime, settings);
  settings.server_url = runtime.input("github-server-url");
  if (settings.server_url.empty()) settings.server_url = runtime.env("GITHUB_SERVER_URL");
  if (settings.server_url.empty()) settings.server_url = "https://github.com";
  while (settings.server_url.ends_with('/')) settings.server_url.pop_back();
  settings.token = runtime.input("token");
  settings.ssh_key = runtime.input("ssh-key");
  settings.persist_credentials = flag(runtime, "persist-credentials");
  settings.clean = flag(runtime, "clean");
  settings.fetch_tags = flag(runtime, "fetch-tags");
  settings.lfs = flag(runtime, "lfs");
  settings.set_safe_directory = flag(runtime, "set-safe-directory");
  const auto submodules = upper(runtime.input("submodules"));
  settings.nested_submodules = submodules == "RECURSIVE";
  settings.submodules = settings.nested_submodules || submodules == "TRUE";
  settings.filter = runtime.input("filter");
  settings.sparse = lines_of(runtime.input("sparse-checkout"));
  settings.cone = flag(runtime, "sparse-checkout-cone-mode");
  settings.depth = depth_of(runtime.input("fetch-depth"));
  return settings;
}

}  // namespace crun::executor::builtin::checkout
