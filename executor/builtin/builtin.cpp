#include "executor/builtin/builtin.hpp"

#include <algorithm>
#include <cstdio>
#include <exception>

#include <fmt/format.h>

#include "executor/builtin/build_push.hpp"
#include "executor/builtin/checkout.hpp"
#include "executor/builtin/interruption.hpp"
#include "executor/builtin/login.hpp"
#include "executor/builtin/metadata.hpp"
#include "executor/builtin/paths_filter.hpp"
#include "executor/builtin/setup_buildx.hpp"
#include "executor/builtin/setup_qemu.hpp"
#include "executor/error.hpp"

namespace crun::executor::builtin {
namespace {

constexpr std::string_view token = "${{ github.token }}";

Builtin checkout() {
  return {
      .name = "checkout",
      .repository = "actions/checkout",
      .inputs =
          {{"repository", "${{ github.repository }}"},
           {"ref"},
           {"token", token},
           {"ssh-key"},
           {"ssh-known-hosts"},
           {"ssh-strict", "true"},
           {"ssh-user", "git"},
           {"persist-credentials", "true"},
           {"path"},
           {"clean", "true"},
           {"filter"},
           {"sparse-checkout"},
           {"sparse-checkout-cone-mode", "true"},
           {"fetch-depth", "1"},
           {"fetch-tags", "false"},
           {"show-progress", "true"},
           {"lfs", "false"},
           {"submodules", "false"},
           {"set-safe-directory", "true"},
           {"github-server-url"}},
      .has_post = true,
      .post_state = "repositoryPath",
      .run = run_checkout};
}

Builtin paths_filter() {
  return {
      .name = "paths-filter",
      .repository = "dorny/paths-filter",
      .inputs =
          {{"token", token},
           {"working-directory"},
           {"ref"},
           {"base"},
           {"filters", {}, true},
           {"list-files", "none"},
           {"initial-fetch-depth", "100"},
           {"predicate-quantifier", "some"}},
      .run = run_paths_filter};
}

Builtin login() {
  return {
      .name = "login",
      .repository = "docker/login-action",
      .inputs =
          {{"registry"},
           {"username"},
           {"password"},
           {"scope"},
           {"ecr", "auto"},
           {"logout", "true"},
           {"registry-auth"}},
      .has_post = true,
      .run = run_login};
}

Builtin setup_qemu() {
  return {
      .name = "setup-qemu",
      .repository = "docker/setup-qemu-action",
      .inputs =
          {{"image", "docker.io/tonistiigi/binfmt:latest"},
           {"platforms", "all"},
           {"cache-image", "true"},
           {"reset", "false"}},
      .has_post = true,
      .run = run_setup_qemu};
}

Builtin setup_buildx() {
  return {
      .name = "setup-buildx",
      .repository = "docker/setup-buildx-action",
      .inputs =
          {{"version"},
           {"driver", "docker-container"},
           {"driver-opts"},
           {"buildkitd-flags"},
           {"buildkitd-config"},
           {"buildkitd-config-inline"},
           {"config"},
           {"config-inline"},
           {"platforms"},
           {"install", "false"},
           {"use", "true"},
           {"endpoint"},
           {"append"},
           {"cache-binary", "true"},
           {"cleanup", "true"},
           {"name"},
           {"keep-state", "false"}},
      .has_post = true,
      .run = run_setup_buildx};
}

Builtin metadata() {
  return {
      .name = "metadata",
      .repository = "docker/metadata-action",
      .inputs =
          {{"context", "workflow"},
           {"images"},
           {"tags"},
           {"flavor"},
           {"labels"},
           {"annotations"},
           {"sep-tags"},
           {"sep-labels"},
           {"sep-annotations"},
           {"bake-target"},
           {"github-token", token}},
      .has_post = true,
      .run = run_metadata};
}

Builtin build_push() {
  return {
      .name = "build-push",
      .repository = "docker/build-push-action",
      .inputs =
          {{"add-hosts"},
           {"allow"},
           {"annotations"},
           {"attests"},
           {"build-args"},
           {"build-contexts"},
           {"builder"},
           {"cache-from"},
           {"cache-to"},
           {"call"},
           {"cgroup-parent"},
           {"context"},
           {"file"},
           {"labels"},
           {"load", "false"},
           {"network"},
           {"no-cache", "false"},
           {"no-cache-filters"},
           {"outputs"},
           {"platforms"},
           {"provenance"},
           {"pull", "false"},
           {"push", "false"},
           {"sbom"},
           {"secrets"},
           {"secret-envs"},
           {"secret-files"},
           {"shm-size"},
           {"ssh"},
           {"tags"},
           {"target"},
           {"ulimit"},
           {"github-token", token}},
      .has_post = true,
      .run = run_build_push};
}

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

}  // namespace

std::span<const Builtin> builtins() {
  static const std::vector<Builtin> table = {
      checkout(), paths_filter(), login(), setup_qemu(), setup_buildx(), metadata(), build_push()};
  return table;
}

const Builtin* find_builtin(std::string_view repository) {
  for (const Builtin& builtin : builtins()) {
    const bool same = std::equal(
        repository.begin(),
        repository.end(),
        builtin.repository.begin(),
        builtin.repository.end(),
        [](char a, char b) { return lower(a) == lower(b); });
    if (same) return &builtin;
  }
  return nullptr;
}

int run_builtin(std::string_view name, std::string_view stage, std::string_view version) {
  const auto all = builtins();
  const auto builtin = std::find_if(
      all.begin(), all.end(), [name](const Builtin& candidate) { return candidate.name == name; });
  const bool known_stage = stage == "pre" || stage == "main" || stage == "post";
  if (builtin == all.end() || !known_stage) {
    fmt::print(stderr, "no built-in action '{}' with a stage '{}'\n", name, stage);
    return 1;
  }
  ActionRuntime runtime(
      stage == "post"  ? Stage::post
      : stage == "pre" ? Stage::pre
                       : Stage::main,
      Version::parse(version));
  watch_for_interruption();
  try {
    builtin->run(runtime);
    return 0;
  } catch (const Interrupted&) {
    return 128 + interruption_signal();
  } catch (const Failed& failure) {
    runtime.error(failure.what(), failure.place);
  } catch (const Error& error) {
    runtime.error(
        error.cure().empty() ? error.what() : fmt::format("{}\n{}", error.what(), error.cure()));
  } catch (const std::exception& failure) {
    runtime.error(failure.what());
  }
  return 1;
}

}  // namespace crun::executor::builtin
