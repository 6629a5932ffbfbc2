#include "executor/builtin/checkout/remote.hpp"

#include <algorithm>
#include <chrono>
#include <fstream>
#include <string_view>
#include <thread>
#include <utility>

#include <fmt/format.h>

#include "executor/builtin/checkout/credentials.hpp"
#include "executor/builtin/checkout/folder.hpp"
#include "executor/builtin/checkout/git_program.hpp"
#include "executor/builtin/checkout/refspecs.hpp"
#include "executor/builtin/interruption.hpp"
#include "executor/context/apart.hpp"

namespace crun::executor::builtin::checkout {
namespace {

namespace fs = std::filesystem;
using Words = std::vector<std::string>;

constexpr std::string_view heads = "refs/heads/", pulls = "refs/pull/", tags = "refs/tags/";

/// Failures of the network rather than of the request: those are worth another attempt.
bool is_passing_trouble(const std::string& text) {
  for (const char* sign :
       {"RPC failed",
        "early EOF",
        "unexpected disconnect",
        "Connection reset",
        "timed out",
        "The requested URL returned error: 5"}) {
    if (text.find(sign) != std::string::npos) return true;
  }
  return false;
}

class RemoteCheckout {
 public:
  RemoteCheckout(ActionRuntime& runtime, Settings& settings)
      : runtime_(runtime), settings_(settings), git_(runtime, prepared(settings)) {}

  void run() {
    runtime_.info(fmt::format("Syncing repository: {}", settings_.repository));
    fresh_ = !reuse();
    if (fresh_) start();
    git_.ask({"config", "--local", "gc.auto", "0"});
    if (!settings_.token.empty()) give_credentials(runtime_, settings_, git_);
    if (settings_.ref.empty() && settings_.commit.empty()) find_default_ref();
    if (settings_.lfs) git_.run({"lfs", "install", "--local"});
    fetch_history();
    set_sparse();
    check_out();
    update_submodules();
    if (!settings_.persist_credentials) take_credentials(runtime_, settings_.server_url, git_);
    git_.run({"log", "-1"});
    commit_ = git_.ask({"log", "-1", "--format=%H"}).out;
  }

  const std::string& commit() const { return commit_; }

 private:
  static fs::path prepared(const Settings& settings) {
    std::error_code ignored;
    if (fs::exists(fs::status(settings.path, ignored)) && !fs::is_directory(settings.path)) {
      fs::remove(settings.path);
    }
    fs::create_directories(settings.path);
    return settings.path;
  }

  std::string url() const {
    if (settings_.ssh_key.empty()) return settings_.server_url + "/" + settings_.repository;
    throw Failed("ssh-key is not supported here yet: use a token, or run the original action");
  }

  /// Cleans a repository that an earlier step has left; false when there is none of this URL.
  bool reuse() {
    const auto lock = settings_.path / ".git" / "index.lock";
    if (!fs::exists(settings_.path / ".git")) return false;
    // Its configuration and its hooks could run anything here.
    if (!runtime_.env(apart_variable).empty()) return false;
    if (git_.ask({"config", "--local", "--get", "remote.origin.url"}).out != url()) return false;
    std::error_code ignored;
    fs::remove(lock, ignored);
    if (!git_.ask({"rev-parse", "--symbolic-full-name", "--verify", "--quiet", "HEAD"})
             .out.empty()) {
      git_.ask({"checkout", "--detach"});
    }
    for (const auto& ref :
         lines(git_.ask({"for-each-ref", "--format=%(refname)", "refs/heads/"}))) {
      git_.ask({"branch", "--delete", "--force", ref.substr(heads.size())});
    }
    if (!settings_.clean) return true;
    const bool clean = git_.try_run({"clean", "-ffdx"}).code == 0 &&
                       git_.try_run({"reset", "--hard", "HEAD"}).code == 0;
    if (!clean) {
      runtime_.warning(
          "Unable to clean or reset the repository. The repository will be recreated instead.");
    }
    return clean;
  }

  void start() {
    empty_folder(settings_.path);
    git_.run({"init", "--quiet", settings_.path.string()});
    git_.run({"remote", "add", "origin", url()});
  }

  static Words lines(const GitProgram::Outcome& outcome) {
    Words found;
    for (std::size_t at = 0; at < outcome.out.size();) {
      const auto end = std::min(outcome.out.find('\n', at), outcome.out.size());
      found.push_back(outcome.out.substr(at, end - at));
      at = end + 1;
    }
    return found;
  }

  void find_default_ref() {
    const auto outcome =
        git_.ask({"ls-remote", "--quiet", "--exit-code", "--symref", url(), "HEAD"});
    if (outcome.code != 0) {
      runtime_.info(outcome.err);
      git_.fail(outcome.code);
    }
    constexpr std::string_view mark = "ref:";
    for (const auto& line : lines(outcome)) {
      if (!line.starts_with(mark)) continue;
      const auto begin = line.find_first_not_of(" \t", mark.size());
      settings_.ref = line.substr(begin, line.find_first_of(" \t", begin) - begin);
    }
    if (settings_.ref.empty()) throw Failed("Unexpected output when retrieving default branch");
  }

  void fetch(const Words& specs, int depth) {
    Words arguments = {"-c", "protocol.version=2", "fetch"};
    const bool with_tags =
        settings_.fetch_tags || std::find(specs.begin(), specs.end(), all_tags) != specs.end();
    if (!with_tags || runtime_.version() >= Version{6, 0, 0}) arguments.push_back("--no-tags");
    arguments.insert(arguments.end(), {"--prune", "--no-recurse-submodules"});
    if (!settings_.filter.empty()) {
      arguments.push_back("--filter=" + settings_.filter);
    } else if (!settings_.sparse.empty()) {
      arguments.push_back("--filter=blob:none");
    }
    if (depth > 0) {
      arguments.push_back(fmt::format("--depth={}", depth));
    } else if (fs::exists(settings_.path / ".git" / "shallow")) {
      arguments.push_back("--unshallow");
    }
    arguments.push_back("origin");
    arguments.insert(arguments.end(), specs.begin(), specs.end());
    for (int attempt = 1;; ++attempt) {
      const auto outcome = git_.try_run(arguments);
      if (outcome.code == 0) return;
      if (attempt == 3 || !is_passing_trouble(outcome.err)) git_.fail(outcome.code);
      runtime_.info(fmt::format("attempt {} failed, trying again in {} s", attempt, 2 * attempt));
      std::this_thread::sleep_for(std::chrono::seconds(2 * attempt));
      throw_if_interrupted();
    }
  }

  void fetch_history() {
    const auto& ref = settings_.ref;
    const auto& commit = settings_.commit;
    if (settings_.depth > 0) {
      auto specs = refspecs(ref, commit, runtime_.version());
      if (settings_.fetch_tags && runtime_.version() >= Version{6, 0, 0}) {
        specs.insert(specs.begin(), all_tags);
      }
      fetch(specs, settings_.depth);
      return;
    }
    fetch(refspecs_for_all_history(ref, commit), 0);
    // The ref may have moved since the event; then its commit is fetched by itself. Up to v5 an
    // annotated tag counts as moved, and becomes a lightweight one (k24).
    if (!is_at_commit()) fetch(refspecs(ref, commit, runtime_.version()), 0);
  }

  bool is_at_commit() const {
    const auto& ref = settings_.ref;
    const auto& commit = settings_.commit;
    if (commit.empty()) return true;
    std::string name;
    if (ref.starts_with(heads)) name = "refs/remotes/origin/" + ref.substr(heads.size());
    if (ref.starts_with(tags)) {
      const bool peeled = runtime_.version() >= Version{6, 0, 0};
      name = ref + (peeled ? "^{commit}" : "");
    }
    if (ref.empty()) return git_.ask({"cat-file", "-e", commit + "^{commit}"}).code == 0;
    if (name.empty()) return true;
    return git_.ask({"rev-parse", "--verify", "--quiet", name}).out == commit;
  }

  void set_sparse() {
    if (settings_.sparse.empty()) {
      if (fresh_) return;
      git_.ask({"sparse-checkout", "disable"});
      git_.ask({"config", "--local", "--unset-all", "extensions.worktreeConfig"});
      return;
    }
    if (settings_.cone) {
      Words arguments = {"sparse-checkout", "set"};
      arguments.insert(arguments.end(), settings_.sparse.begin(), settings_.sparse.end());
      git_.run(arguments);
      return;
    }
    git_.run({"config", "core.sparseCheckout", "true"});
    fs::create_directories(settings_.path / ".git" / "info");
    std::ofstream patterns(settings_.path / ".git" / "info" / "sparse-checkout", std::ios::app);
    patterns << fmt::format("\n{}\n", fmt::join(settings_.sparse, "\n"));
  }

  void check_out() {
    Words arguments = {"checkout", "--progress", "--force"};
    const auto& ref = settings_.ref;
    const auto exists = [&](const std::string& name) {
      return git_.ask({"rev-parse", "--verify", "--quiet", name}).code == 0;
    };
    const auto branch = [&](const std::string& name) {
      arguments.insert(arguments.end(), {"-B", name, "refs/remotes/origin/" + name});
    };
    if (ref.empty()) {
      arguments.push_back(settings_.commit);
    } else if (ref.starts_with(heads)) {
      branch(ref.substr(heads.size()));
    } else if (ref.starts_with(pulls)) {
      arguments.push_back("refs/remotes/pull/" + ref.substr(pulls.size()));
    } else if (ref.starts_with("refs/")) {
      arguments.push_back(ref);
    } else if (exists("refs/remotes/origin/" + ref)) {
      branch(ref);
    } else if (exists("refs/tags/" + ref)) {
      arguments.push_back("refs/tags/" + ref);
    } else {
      throw Failed(fmt::format("A branch or tag with the name '{}' could not be found", ref));
    }
    git_.run(arguments);
  }

  void update_submodules() {
    if (!settings_.submodules) return;
    Words sync = {"submodule", "sync"};
    Words update = {"-c", "protocol.version=2", "submodule", "update", "--init", "--force"};
    if (settings_.depth > 0) update.push_back(fmt::format("--depth={}", settings_.depth));
    if (settings_.nested_submodules) {
      sync.push_back("--recursive");
      update.push_back("--recursive");
    }
    git_.run(sync);
    git_.run(update);
  }

  ActionRuntime& runtime_;
  Settings& settings_;
  GitProgram git_;
  bool fresh_ = true;
  std::string commit_;
};

}  // namespace

void check_out_remote(ActionRuntime& runtime, Settings& settings) {
  runtime.save_state("repositoryPath", settings.path.string());
  if (settings.set_safe_directory) runtime.save_state("setSafeDirectory", "true");
  RemoteCheckout checkout(runtime, settings);
  checkout.run();
  runtime.set_output("commit", checkout.commit());
  runtime.set_output("ref", settings.ref);
}

}  // namespace crun::executor::builtin::checkout
