#include "executor/action/local.hpp"

#include <fstream>
#include <memory>
#include <sstream>
#include <system_error>

#include <fmt/format.h>

#include "executor/error.hpp"

namespace crun::executor {

namespace fs = std::filesystem;

namespace {

constexpr std::uintmax_t largest_manifest = 1 << 20;

}  // namespace

workflow::ActionPtr read_local_action(const fs::path& folder, const std::string& shown) {
  for (const char* name : {"action.yml", "action.yaml"}) {
    const auto path = folder / name;
    std::error_code error;
    const auto size = fs::file_size(path, error);
    if (error) continue;
    if (size > largest_manifest) {
      throw Error(
          fmt::format("{}/{} has {} bytes, more than an action may have", shown, name, size));
    }
    std::ifstream file(path, std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    auto relative = shown.starts_with("./") ? shown.substr(2) : shown;
    workflow::Diagnostics diagnostics;
    auto action = workflow::read_action(
        std::make_shared<workflow::SourceFile>(fmt::format("{}/{}", relative, name), text.str()),
        diagnostics);
    if (!action) throw Error(render(diagnostics));
    return action;
  }
  for (const char* name : {"Dockerfile", "dockerfile"}) {
    std::error_code error;
    if (!fs::is_regular_file(folder / name, error)) continue;
    auto action = std::make_shared<workflow::Action>();
    action->kind = workflow::Action::Kind::docker;
    action->using_ = "docker";
    action->image = name;
    return action;
  }
  throw Error(
      fmt::format("Can't find 'action.yml', 'action.yaml' or 'Dockerfile' under '{}'", shown),
      shown.starts_with("./")
          ? "local actions come with the repository: did you forget to run actions/checkout before "
            "this step?"
          : "the repository has no action in this folder at this version");
}

}  // namespace crun::executor
