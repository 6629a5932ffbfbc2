#include "executor/git/remote.hpp"

#include <array>
#include <string_view>

#include <git2.h>

#include "executor/git/library.hpp"
#include "executor/git/remote_url.hpp"

namespace crun::executor::git {

namespace {

using Iterator = Handle<git_reference_iterator, git_reference_iterator_free>;
using Reference = Handle<git_reference, git_reference_free>;
using RemoteHandle = Handle<git_remote, git_remote_free>;

bool is_mirrored(std::string_view ref) {
  const bool kind = ref.starts_with("refs/heads/") || ref.starts_with("refs/tags/");
  return kind && !ref.ends_with("^{}");
}

/// In the clear a token goes to this machine only.
bool is_safe(std::string_view server) {
  return server.starts_with("https://") || server.starts_with("http://127.0.0.1:") ||
         server.starts_with("http://localhost:");
}

/// What the callbacks of one connection know.
class Talk {
 public:
  Talk(const Remote& remote, const Progress& progress) : remote_(remote), progress_(progress) {}

  git_remote_callbacks callbacks() {
    git_remote_callbacks callbacks = GIT_REMOTE_CALLBACKS_INIT;
    callbacks.credentials =
        [](auto** out, const char* url, const char* user, auto allowed, void* talk) {
          return static_cast<Talk*>(talk)->give_credentials(out, url, user, allowed);
        };
    callbacks.sideband_progress = [](const char*, int, void* talk) { return heard(talk); };
    callbacks.transfer_progress = [](const git_indexer_progress*, void* talk) {
      return heard(talk);
    };
    callbacks.payload = this;
    return callbacks;
  }

 private:
  static int heard(void* talk) {
    const auto& progress = static_cast<Talk*>(talk)->progress_;
    if (progress) progress();
    return 0;
  }

  /// Asked for when the server wants to know who we are. What was refused is not given again, or it
  /// would be asked for for ever. Where the server sends us elsewhere there is no token. Then keys
  /// of the user's agent for ssh; user and password of an https URL are libgit2's own matter.
  int give_credentials(git_credential** out, const char* url, const char* user, unsigned allowed) {
    const auto& server = remote_.token_server;
    const bool ours = is_safe(server) && std::string_view(url).starts_with(server + "/");
    if (!remote_.token.empty() && ours && !token_given_ &&
        (allowed & GIT_CREDENTIAL_USERPASS_PLAINTEXT) != 0) {
      token_given_ = true;
      return git_credential_userpass_plaintext_new(out, "x-access-token", remote_.token.c_str());
    }
    if (++asked_ > 2) return GIT_EAUTH;
    if ((allowed & GIT_CREDENTIAL_USERNAME) != 0) return git_credential_username_new(out, "git");
    if ((allowed & GIT_CREDENTIAL_SSH_KEY) != 0) {
      return git_credential_ssh_key_from_agent(out, user != nullptr ? user : "git");
    }
    return GIT_PASSTHROUGH;
  }

  const Remote& remote_;
  const Progress& progress_;
  bool token_given_ = false;
  int asked_ = 0;
};

void connect(git_remote* remote, const git_remote_callbacks& callbacks, const std::string& what) {
  git_proxy_options proxy = GIT_PROXY_OPTIONS_INIT;
  proxy.type = GIT_PROXY_AUTO;
  check(git_remote_connect(remote, GIT_DIRECTION_FETCH, &callbacks, &proxy, nullptr), what);
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

RefMap refs_in(git_repository* repository) {
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

void fetch_all(git_remote* remote, const git_remote_callbacks& callbacks, const std::string& what) {
  git_fetch_options options = GIT_FETCH_OPTIONS_INIT;
  options.callbacks = callbacks;
  options.download_tags = GIT_REMOTE_DOWNLOAD_TAGS_NONE;
  options.update_fetchhead = 0;
  options.proxy_opts.type = GIT_PROXY_AUTO;
  std::string branches = "+refs/heads/*:refs/heads/*", tags = "+refs/tags/*:refs/tags/*";
  std::array<char*, 2> lines = {branches.data(), tags.data()};
  const git_strarray refspecs{lines.data(), lines.size()};
  check(git_remote_fetch(remote, &refspecs, &options, nullptr), what);
}

void take_head(git_repository* repository, git_remote* remote) {
  git_buf name{};
  if (git_remote_default_branch(&name, remote) != 0) return;  // empty, or detached
  git_repository_set_head(repository, name.ptr);
  git_buf_dispose(&name);
}

RepositoryHandle open_bare(const std::filesystem::path& folder) {
  start_library();
  git_repository* repository = nullptr;
  check(git_repository_open_bare(&repository, folder.c_str()), "cannot open the mirror");
  return RepositoryHandle(repository);
}

}  // namespace

RefMap look(const Remote& remote, const Progress& progress) {
  start_library();
  git_remote* made = nullptr;
  check(git_remote_create_detached(&made, remote.url.c_str()), "cannot read the URL");
  const RemoteHandle owned(made);
  Talk talk(remote, progress);
  connect(made, talk.callbacks(), "cannot reach " + without_credentials(remote.url));
  return heads_of(made);
}

void fetch(const std::filesystem::path& folder, const Remote& remote, const Progress& progress) {
  const auto repository = open_bare(folder);
  // Searching for `url.*.insteadOf` leaks 20 KB for each entry of the configuration (libgit2 1.5,
  // its patterns that do not match); and look() reads no configuration either.
  git_remote_create_options making = GIT_REMOTE_CREATE_OPTIONS_INIT;
  making.repository = repository.get();
  making.flags = GIT_REMOTE_CREATE_SKIP_INSTEADOF;
  git_remote* made = nullptr;
  check(git_remote_create_with_opts(&made, remote.url.c_str(), &making), "cannot read the URL");
  const RemoteHandle owned(made);
  Talk talk(remote, progress);
  const auto what = "cannot fetch " + without_credentials(remote.url);
  connect(made, talk.callbacks(), what);
  // Gone names go first: `a` would be in the way of `a/b`.
  const auto there = heads_of(made);
  for (const auto& [name, id] : refs_in(repository.get())) {
    if (!there.contains(name)) git_reference_remove(repository.get(), name.c_str());
  }
  fetch_all(made, talk.callbacks(), what);
  take_head(repository.get(), made);
}

RefMap refs_of(const std::filesystem::path& folder) {
  return refs_in(open_bare(folder).get());
}

}  // namespace crun::executor::git
