#include "executor/builtin/checkout.hpp"

#include <filesystem>

#include "executor/builtin/checkout/credentials.hpp"
#include "executor/builtin/checkout/folder.hpp"
#include "executor/builtin/checkout/git_program.hpp"
#include "executor/builtin/checkout/local.hpp"
#include "executor/builtin/checkout/remote.hpp"
#include "executor/builtin/checkout/settings.hpp"

namespace crun::executor::builtin {
namespace {

/// Takes the token out of the configuration, where a remote checkout has left it.
void tidy_up(ActionRuntime& runtime) {
  const std::filesystem::path path = runtime.state("repositoryPath");
  if (path.empty() || !std::filesystem::exists(path / ".git")) return;
  // The original knows no token any more at this point, and hides what it makes of that.
  checkout::masked_header(runtime, "undefined");
  auto server_url = runtime.input("github-server-url");
  if (server_url.empty()) server_url = runtime.env("GITHUB_SERVER_URL");
  if (server_url.empty()) server_url = "https://github.com";
  checkout::take_credentials(runtime, server_url, checkout::GitProgram(runtime, path));
}

}  // namespace

void run_checkout(ActionRuntime& runtime) {
  if (runtime.stage() == Stage::post) return tidy_up(runtime);
  runtime.save_state("isPost", "true");
  auto settings = checkout::read_settings(runtime);
  const auto copy = checkout::local_copy(runtime);
  if (copy && checkout::asks_for(settings, *copy)) {
    checkout::check_out_local(runtime, settings, *copy);
  } else {
    if (copy) checkout::refuse_to_touch(settings, copy->repository);
    checkout::check_out_remote(runtime, settings);
  }
}

}  // namespace crun::executor::builtin
