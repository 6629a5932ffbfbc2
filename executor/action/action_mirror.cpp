#include "executor/action/action_mirror.hpp"

#include <algorithm>
#include <cctype>
#include <chrono>
#include <system_error>
#include <vector>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <fmt/format.h>
#include <git2.h>

#include "executor/error.hpp"
#include "executor/git/library.hpp"
#include "executor/git/remote.hpp"
#include "executor/process/fd.hpp"

namespace crun::executor {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

namespace {

constexpr auto longest_fetch = std::chrono::minutes(10);

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
Fd lock(const fs::path& mirror) {
  Fd file(::open((mirror.string() + ".lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (file.get() < 0 || ::flock(file.get(), LOCK_EX) != 0) {
    throw Error(fmt::format("cannot lock {}", mirror.string()));
  }
  return file;
}

void make_folders(const fs::path& path) {
  std::error_code error;
  fs::create_directories(path, error);
  if (error) throw Error(fmt::format("cannot make {}: {}", path.string(), error.message()));
}

/// What the callbacks of one fetch know.
struct Fetch {
  std::string server, token;
  Clock::time_point deadline = Clock::now() + longest_fetch;
  bool token_given = false;
};

/// Ends a transfer that takes too long: libgit2 knows no limit of its own.
int check_deadline(const git_indexer_progress*, void* fetch) {
  return Clock::now() > static_cast<Fetch*>(fetch)->deadline ? GIT_EUSER : 0;
}

/// In the clear a token goes to this machine only.
bool is_safe(const std::string& server) {
  return server.starts_with("https://") || server.starts_with("http://127.0.0.1:") ||
         server.starts_with("http://localhost:");
}

/// Asked for when the server wants to know who we are; once, or a wrong token would be tried for
/// ever. Where the server sends us elsewhere there is none.
int give_token(
    git_credential** credential, const char* url, const char*, unsigned allowed, void* payload) {
  auto& fetch = *static_cast<Fetch*>(payload);
  const bool ours = is_safe(fetch.server) && std::string_view(url).starts_with(fetch.server + "/");
  if (fetch.token.empty() || fetch.token_given || !ours) return GIT_PASSTHROUGH;
  if ((allowed & GIT_CREDENTIAL_USERPASS_PLAINTEXT) == 0) return GIT_PASSTHROUGH;
  fetch.token_given = true;
  return git_credential_userpass_plaintext_new(credential, "x-access-token", fetch.token.c_str());
}

void fetch_into(git_repository* mirror, const std::string& url, Fetch fetch) {
  const auto remote = git::remote_at(mirror, url);
  git_remote_callbacks callbacks = GIT_REMOTE_CALLBACKS_INIT;
  callbacks.transfer_progress = check_deadline;
  callbacks.credentials = give_token;
  callbacks.payload = &fetch;
  git::fetch_all(remote.get(), callbacks, url);
}

}  // namespace

ActionMirror::ActionMirror(
    const std::string& server_url, const fs::path& cache, std::string repository)
    : repository_(std::move(repository)),
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
  const auto held = lock(mirror_);
  const bool fresh = !fs::exists(mirror_);
  try {
    git_repository* raw = nullptr;
    const int code = fresh ? git_repository_init(&raw, mirror_.c_str(), 1)
                           : git_repository_open_bare(&raw, mirror_.c_str());
    git::check(code, mirror_.string());
    const git::RepositoryHandle mirror(raw);
    fetch_into(raw, url_, {server_, token});
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
  const auto held = lock(mirror_);
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
