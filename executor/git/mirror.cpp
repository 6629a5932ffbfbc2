#include "executor/git/mirror.hpp"

#include <string_view>
#include <system_error>
#include <vector>

#include <git2.h>

#include "executor/error.hpp"
#include "executor/git/library.hpp"
#include "executor/git/remote.hpp"
#include "executor/git/remote_url.hpp"

namespace crun::executor::git {

namespace {

namespace fs = std::filesystem;

using Config = Handle<git_config, git_config_free>;
using Iterator = Handle<git_reference_iterator, git_reference_iterator_free>;
using Reference = Handle<git_reference, git_reference_free>;

bool is_mirrored(std::string_view ref) {
  const bool kind = ref.starts_with("refs/heads/") || ref.starts_with("refs/tags/");
  return kind && !ref.ends_with("^{}");
}

/// Keys of the user's agent for ssh; user and password of an https URL are libgit2's own matter.
int give_credentials(
    git_credential** out, const char*, const char* user, unsigned allowed, void* payload) {
  auto& asked = *static_cast<int*>(payload);
  if (++asked > 2) return GIT_EAUTH;  // refused once: it would be asked for for ever
  if ((allowed & GIT_CREDENTIAL_USERNAME) != 0) return git_credential_username_new(out, "git");
  if ((allowed & GIT_CREDENTIAL_SSH_KEY) != 0) {
    return git_credential_ssh_key_from_agent(out, user != nullptr ? user : "git");
  }
  return GIT_PASSTHROUGH;
}

git_remote_callbacks callbacks_with(int& asked) {
  git_remote_callbacks callbacks = GIT_REMOTE_CALLBACKS_INIT;
  callbacks.credentials = give_credentials;
  callbacks.payload = &asked;
  return callbacks;
}

void connect(git_remote* remote, const git_remote_callbacks& callbacks, const std::string& what) {
  git_proxy_options proxy = GIT_PROXY_OPTIONS_INIT;
  proxy.type = GIT_PROXY_AUTO;
  check(git_remote_connect(remote, GIT_DIRECTION_FETCH, &callbacks, &proxy, nullptr), what);
}

RepositoryHandle open_mirror(const fs::path& folder) {
  start_library();
  git_repository* repository = nullptr;
  check(git_repository_open_bare(&repository, folder.c_str()), "cannot open the mirror");
  return RepositoryHandle(repository);
}

RefMap heads_of(git_remote* remote) {
  const git_remote_head** heads = nullptr;
  std::size_t count = 0;
  check(git_remote_ls(&heads, &count, remote), "cannot list the refs");
  RefMap refs;
  for (std::size_t i = 0; i < count; ++i) {
    if (is_mirrored(heads[i]->name)) refs[heads[i]->name] = hex(heads[i]->oid);
  }
  return refs;
}

RefMap refs_of(git_repository* repository) {
  git_reference_iterator* iterator = nullptr;
  check(git_reference_iterator_new(&iterator, repository), "cannot list the refs of the mirror");
  const Iterator owned(iterator);
  RefMap refs;
  git_reference* reference = nullptr;
  while (git_reference_next(&reference, iterator) == 0) {
    const Reference each(reference);
    const auto* target = git_reference_target(reference);
    if (target && is_mirrored(git_reference_name(reference))) {
      refs[git_reference_name(reference)] = hex(*target);
    }
  }
  return refs;
}

void take_head(git_repository* repository, git_remote* remote) {
  git_buf name{};
  if (git_remote_default_branch(&name, remote) != 0) return;  // empty, or detached
  git_repository_set_head(repository, name.ptr);
  git_buf_dispose(&name);
}

}  // namespace

Mirror::Mirror(fs::path folder, std::string url)
    : folder_(std::move(folder)), url_(std::move(url)) {}

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
  start_library();
  git_remote* remote = nullptr;
  check(git_remote_create_detached(&remote, url_.c_str()), "cannot read the URL");
  const RemoteHandle owned(remote);
  int asked = 0;
  connect(remote, callbacks_with(asked), "cannot reach " + without_credentials(url_));
  return heads_of(remote);
}

void Mirror::fetch() const {
  const auto repository = open_mirror(folder_);
  // Without `url.*.insteadOf`, as in look(), where no configuration is read.
  const auto remote = remote_at(repository.get(), url_);
  int asked = 0;
  const auto callbacks = callbacks_with(asked);
  const auto what = "cannot fetch " + without_credentials(url_);
  connect(remote.get(), callbacks, what);
  // Gone names go first: `a` would be in the way of `a/b`.
  const auto there = heads_of(remote.get());
  for (const auto& [name, id] : refs_of(repository.get())) {
    if (!there.contains(name)) git_reference_remove(repository.get(), name.c_str());
  }
  fetch_all(remote.get(), callbacks, what);
  take_head(repository.get(), remote.get());
}

RefMap Mirror::refs() const {
  return refs_of(open_mirror(folder_).get());
}

}  // namespace crun::executor::git
