#include "executor/builtin/build_push/local_paths.hpp"

#include <algorithm>
#include <filesystem>
#include <string_view>
#include <system_error>

#include <fmt/format.h>

#include "executor/builtin/list_parser.hpp"
#include "executor/context/apart.hpp"

namespace crun::executor::builtin {

namespace {

namespace fs = std::filesystem;

bool is_below(const fs::path& path, const fs::path& folder) {
  return !folder.empty() &&
         std::mismatch(folder.begin(), folder.end(), path.begin(), path.end()).first ==
             folder.end();
}

/// What is not there yet lies where its folder leads; a URL passes as such a name. A path that the
/// workflow itself says is elsewhere is no step's doing.
void check(const ActionRuntime& runtime, std::string_view input, const std::string& path) {
  if (path.empty()) return;
  std::error_code error;
  const auto said = fs::absolute(path);
  const auto real = fs::weakly_canonical(said, error);
  bool shared = false;
  for (const char* variable : {"GITHUB_WORKSPACE", "RUNNER_TEMP"}) {
    const fs::path folder = runtime.env(variable);
    if (!error && is_below(real, fs::weakly_canonical(folder, error))) return;
    shared = shared || is_below(said.lexically_normal(), folder.lexically_normal());
  }
  if (!shared) return;
  throw Failed(fmt::format("{}: '{}' is a link out of the job's folders", input, path));
}

/// "id=PATH" and "name=PATH"
std::string behind_equals(const std::string& text) {
  const auto at = text.find('=');
  return at == text.npos ? std::string() : text.substr(at + 1);
}

/// The folders or files in "type=local,dest=PATH"; a path alone is a destination.
void check_fields(const ActionRuntime& runtime, std::string_view input, const Strings& entries) {
  for (const auto& entry : entries) {
    const auto fields = parse_list(entry);
    if (fields.size() == 1 && fields.front().find('=') == std::string::npos) {
      check(runtime, input, fields.front());
    }
    for (const auto& field : fields) {
      const bool names_path = field.starts_with("dest=") || field.starts_with("src=");
      if (names_path) check(runtime, input, behind_equals(field));
    }
  }
}

}  // namespace

void check_local_paths(const ActionRuntime& runtime, const BuildInputs& inputs) {
  if (runtime.env(apart_variable).empty()) return;
  check(runtime, "context", inputs.context);
  check(runtime, "file", inputs.file);
  for (const auto& entry : inputs.build_contexts) {
    check(runtime, "build-contexts", behind_equals(entry));
  }
  for (const auto& entry : inputs.secret_files) {
    check(runtime, "secret-files", behind_equals(entry));
  }
  check_fields(runtime, "outputs", inputs.outputs);
  check_fields(runtime, "cache-from", inputs.cache_from);
  check_fields(runtime, "cache-to", inputs.cache_to);
}

}  // namespace crun::executor::builtin
