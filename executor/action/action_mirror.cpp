#include "executor/action/action_mirror.hpp"

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <chrono>
#include <system_error>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <fmt/format.h>
#include <git2.h>

#include "executor/error.hpp"
#include "executor/git/library.hpp"
#include "executor/process/fd.hpp"

namespace crun::executor {

namespace fs = std::filesystem;

namespace {

using Object = git::Handle<git_object, git_object_free>;

/// "https://github.com" as a folder: "github.com".
std::string server_folder(std::string url) {
  for (const std::string_view scheme : {"https://", "http://"}) {
    if (url.starts_with(scheme)) url.erase(0, scheme.size());
  }
  for (char& byte : url) {
    const bool plain = std::isalnum(static_cast<unsigned char>(byte)) || byte == '-' || byte == '.';
    if (!plain) byte = '_';
  }
  return url;
}

bool is_hash(const std::string& text) {
  return text.size() == 40 && std::all_of(text.begin(), text.end(), [](unsigned char byte) {
           return std::isxdigit(byte);
         });
}

/// Two runs fetch the same repository one after the other.
Fd lock(const fs::path& mirror, const git::RemoteProgram& remote) {
  constexpr auto pause = std::chrono::milliseconds(20);
  Fd file(::open((mirror.string() + ".lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  while (!file || ::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
    if (!file || (errno != EWOULDBLOCK && errno != EINTR)) {
      throw Error(fmt::format("cannot lock {}: {}", mirror.string(), system_error_text(errno)));
    }
    if (remote.stopped()) throw Error("waiting for another run's fetch was stopped");
    std::this_thread::sleep_for(pause);
  }
  return file;
}

void make_folders(const fs::path& path) {
  std::error_code error;
  fs::create_directories(path, error);
  if (error) throw Error(fmt::format("cannot make {}: {}", path.string(), error.message()));
}

}  // namespace

ActionMirror::ActionMirror(
    const git::RemoteProgram& remote,
    const std::string& server_url,
    const fs::path& cache,
    std::string repository)
    : remote_(remote),
      repository_(std::move(repository)),
      server_(server_url),
      url_(fmt::format("{}/{}.git", server_url, repository_)),
      cache_(cache),
      mirror_(cache / server_folder(server_url) / (repository_ + ".git")),
      commits_(cache / server_folder(server_url) / repository_) {}

void ActionMirror::fetch(const std::string& token) {
  git::start_library();
  make_folders(mirror_.parent_path());
  // Repositories may be private.
  std::error_code ignored;
  fs::permissions(cache_, fs::perms::owner_all, ignored);
  const auto held = lock(mirror_, remote_);
  const bool fresh = !fs::exists(mirror_);
  try {
    git_repository* raw = nullptr;
    const int code = fresh ? git_repository_init(&raw, mirror_.c_str(), 1)
                           : git_repository_open_bare(&raw, mirror_.c_str());
    git::check(code, mirror_.string());
    const git::RepositoryHandle mirror(raw);
    remote_.fetch(mirror_, {url_, token, server_});
  } catch (const Error& error) {
    if (fresh) fs::remove_all(mirror_, ignored);
    throw Error(
        fmt::format("cannot fetch {}: {}", repository_, error.what()),
        "is the name right and the server reachable? A private repository wants -s GITHUB_TOKEN; "
        "--offline uses what was fetched before");
  }
}

std::optional<std::string> ActionMirror::resolve(const std::string& ref) const {
  git::start_library();
  git_repository* raw = nullptr;
  if (git_repository_open_bare(&raw, mirror_.c_str()) < 0) return std::nullopt;
  const git::RepositoryHandle mirror(raw);
  std::vector<std::string> names = {"refs/tags/" + ref, "refs/heads/" + ref};
  if (ref.starts_with("refs/")) names.push_back(ref);
  // Who names a commit wants that one, also when a tag is called like it.
  if (is_hash(ref)) names.insert(names.begin(), ref);
  for (const auto& name : names) {
    git_object* object = nullptr;
    if (git_revparse_single(&object, raw, (name + "^{commit}").c_str()) < 0) continue;
    const Object owned(object);
    return git::hex(*git_object_id(object));
  }
  return std::nullopt;
}

fs::path ActionMirror::folder(const std::string& commit) const {
  const auto whole = commits_ / commit;
  if (fs::is_directory(whole)) return whole;
  make_folders(commits_);
  const auto held = lock(mirror_, remote_);
  if (fs::is_directory(whole)) return whole;
  git_repository* raw = nullptr;
  git::check(git_repository_open_bare(&raw, mirror_.c_str()), mirror_.string());
  const git::RepositoryHandle mirror(raw);
  git_object* object = nullptr;
  git::check(git_revparse_single(&object, raw, commit.c_str()), commit);
  const Object tree(object);
  // Complete or not there at all: checked out beside its place, then renamed.
  const auto partial = commits_ / fmt::format("{}.{}", commit, ::getpid());
  const auto text = partial.string();
  std::error_code error;
  fs::remove_all(partial, error);
  git_checkout_options options = GIT_CHECKOUT_OPTIONS_INIT;
  options.checkout_strategy = GIT_CHECKOUT_FORCE | GIT_CHECKOUT_DONT_UPDATE_INDEX;
  options.target_directory = text.c_str();
  make_folders(partial);
  git::check(
      git_checkout_tree(raw, object, &options),
      fmt::format("cannot check out {} at {}", repository_, commit));
  fs::rename(partial, whole, error);
  if (error) throw Error(fmt::format("cannot make {}: {}", whole.string(), error.message()));
  return whole;
}

}  // namespace crun::executor
