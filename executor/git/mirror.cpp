#include "executor/git/mirror.hpp"

#include <cstdlib>
#include <system_error>
#include <utility>
#include <vector>

#include <git2.h>

#include "executor/error.hpp"
#include "executor/git/library.hpp"
#include "executor/git/remote_url.hpp"
#include "executor/process/command.hpp"

namespace crun::executor::git {

namespace {

namespace fs = std::filesystem;

using Config = Handle<git_config, git_config_free>;

constexpr int many_packs = 50;

int packs_in(const fs::path& mirror) {
  int packs = 0;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(mirror / "objects" / "pack", ignored)) {
    packs += entry.path().extension() == ".pack";
  }
  return packs;
}

}  // namespace

Mirror::Mirror(fs::path folder, std::string url, std::shared_ptr<const RemoteProgram> program)
    : folder_(std::move(folder)),
      url_(std::move(url)),
      program_(program ? std::move(program) : std::make_shared<RemoteProgram>("")) {}

void Mirror::open() const {
  start_library();
  git_repository_init_options options = GIT_REPOSITORY_INIT_OPTIONS_INIT;
  options.flags = GIT_REPOSITORY_INIT_BARE | GIT_REPOSITORY_INIT_MKPATH;
  git_repository* made = nullptr;
  check(
      git_repository_init_ext(&made, folder_.c_str(), &options),
      "cannot make the mirror " + folder_.string());
  const RepositoryHandle repository(made);
  git_config* settings = nullptr;
  check(git_repository_config(&settings, made), "cannot configure the mirror");
  const Config config(settings);
  // For what a run wants to know of its origin; the fetch has the URL with its password.
  const auto shown = without_credentials(url_);
  check(
      git_config_set_string(settings, "remote.origin.url", shown.c_str()),
      "cannot configure the mirror");
  std::vector<fs::path> left;
  std::error_code ignored;
  for (const auto& entry : fs::recursive_directory_iterator(folder_, ignored)) {
    const auto name = entry.path().filename().string();
    const bool lock = entry.path().extension() == ".lock" && name != ".lock";
    if (lock || name.starts_with("pack_git2_")) left.push_back(entry.path());
  }
  for (const auto& path : left) fs::remove(path, ignored);
}

RefMap Mirror::look() const {
  return program_->look({url_});
}

void Mirror::fetch() const {
  program_->fetch(folder_, {url_});
}

RefMap Mirror::refs() const {
  return refs_of(folder_);
}

void Mirror::tidy() const {
  if (packs_in(folder_) < many_packs) return;
  const char* path = ::getenv("PATH");
  const auto git = find_program("git", path ? path : "");
  if (!git) return;
  // Geometric: small packs become a larger one, and large ones are seldom touched.
  Command command;
  command.argv = {
      git->string(), "-C", folder_.string(), "repack", "--geometric=2", "-d", "--quiet"};
  const auto done = run_command(command);
  if (!done.status.success()) throw Error("cannot tidy " + folder_.string() + ": " + done.err);
}

}  // namespace crun::executor::git
