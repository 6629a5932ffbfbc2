#include "executor/builtin/checkout/credentials.hpp"

#include <algorithm>
#include <string_view>
#include <vector>

#include <sys/stat.h>

#include <fmt/format.h>
#include <sodium/utils.h>

#include "executor/files/write.hpp"
#include "executor/random_id.hpp"

namespace crun::executor::builtin::checkout {
namespace {

namespace fs = std::filesystem;

constexpr const char* file_prefix = "git-credentials-";

std::string base64(const std::string& text) {
  constexpr auto variant = sodium_base64_VARIANT_ORIGINAL;
  std::string encoded(sodium_base64_encoded_len(text.size(), variant), '\0');
  ::sodium_bin2base64(
      encoded.data(),
      encoded.size(),
      reinterpret_cast<const unsigned char*>(text.data()),
      text.size(),
      variant);
  encoded.pop_back();  // the zero at its end
  return encoded;
}

std::string header_key(const std::string& server_url) {
  return "http." + server_url + "/.extraheader";
}

/// Appends to a file that only its owner may read.
void append_privately(const fs::path& path, const std::string& text) {
  write_file(path, text, {.flags = O_APPEND, .mode = S_IRUSR | S_IWUSR, .whatever_umask = true});
}

std::string section(const std::string& server_url, const std::string& header) {
  return fmt::format("[http \"{}/\"]\n\textraheader = {}\n", server_url, header);
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find('\n', at), text.size());
    if (end > at) lines.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return lines;
}

void name_file(const Settings& settings, GitProgram& git, const fs::path& file) {
  const auto folder = settings.path / ".git";
  // Steps in containers see the workspace and RUNNER_TEMP under these names.
  const fs::path inside = fs::path("/github/runner_temp") / file.filename();
  auto place = fs::path("/github/workspace") / settings.path.lexically_relative(settings.workspace);
  place = place.lexically_normal();
  const auto container = (place.has_filename() ? place : place.parent_path()) / ".git";
  const auto add = [&](const fs::path& repository, const fs::path& credentials) {
    for (const char* below : {"", "/worktrees/*"}) {
      const auto key = fmt::format("includeIf.gitdir:{}{}.path", repository.string(), below);
      const auto outcome = git.ask({"config", "--local", key, credentials.string()});
      if (outcome.code != 0) git.fail(outcome.code);
    }
  };
  add(folder, file);
  add(container, inside);
}

void forget_files(const std::string& temporary, const GitProgram& git) {
  const auto keys =
      git.ask({"config", "--local", "--name-only", "--get-regexp", "^includeIf\\.gitdir:"});
  for (const auto& key : lines_of(keys.out)) {
    for (const auto& value : lines_of(git.ask({"config", "--local", "--get-all", key}).out)) {
      const fs::path file = value;
      if (!file.filename().string().starts_with(file_prefix)) continue;
      git.ask({"config", "--local", "--unset-all", key});
      std::error_code ignored;
      if (file.parent_path() == temporary) fs::remove(file, ignored);
    }
  }
}

}  // namespace

std::string masked_header(ActionRuntime& runtime, const std::string& token) {
  const auto encoded = base64("x-access-token:" + token);
  runtime.add_mask(encoded);
  return "AUTHORIZATION: basic " + encoded;
}

void give_credentials(ActionRuntime& runtime, const Settings& settings, GitProgram& git) {
  const auto header = masked_header(runtime, settings.token);
  if (runtime.version() < Version{6, 0, 0}) {
    git.ask({"config", "--local", "--unset-all", header_key(settings.server_url)});
    append_privately(settings.path / ".git" / "config", section(settings.server_url, header));
    return;
  }
  const fs::path temporary = runtime.env("RUNNER_TEMP");
  if (temporary.empty()) throw Failed("RUNNER_TEMP not defined");
  forget_files(temporary, git);
  const auto file = temporary / fmt::format("{}{}.config", file_prefix, random_uuid());
  append_privately(file, section(settings.server_url, header));
  name_file(settings, git, file);
}

void take_credentials(
    ActionRuntime& runtime, const std::string& server_url, const GitProgram& git) {
  git.ask({"config", "--local", "--unset-all", header_key(server_url)});
  forget_files(runtime.env("RUNNER_TEMP"), git);
}

}  // namespace crun::executor::builtin::checkout
