// docker/build-push-action: one `docker buildx build`, its outputs, and the truth about its push.
// With podman as the engine it is `podman build` and a `podman push` of each tag.
#include "executor/builtin/build_push.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "executor/builtin/build_push/attestations.hpp"
#include "executor/builtin/build_push/build_arguments.hpp"
#include "executor/builtin/build_push/build_failure.hpp"
#include "executor/builtin/build_push/build_inputs.hpp"
#include "executor/builtin/build_push/build_outputs.hpp"
#include "executor/builtin/build_push/build_progress.hpp"
#include "executor/builtin/build_push/local_paths.hpp"
#include "executor/builtin/build_push/push_check.hpp"
#include "executor/builtin/docker/buildx.hpp"
#include "executor/builtin/docker/docker_command.hpp"
#include "executor/builtin/docker/engine.hpp"
#include "executor/builtin/docker/registry_map.hpp"
#include "executor/builtin/docker/temporary_folder.hpp"
#include "executor/net/registry.hpp"

namespace crun::executor::builtin {
namespace {

namespace fs = std::filesystem;

class BuildPush {
 public:
  explicit BuildPush(ActionRuntime& runtime)
      : runtime_(runtime), local_(runtime.env("CRUN_LOCAL") == "1") {}

  void run() {
    runtime_.save_state("isPost", "true");
    in_ = read_build_inputs(runtime_);
    if (local_) use_local_snapshot();
    check_local_paths(runtime_, in_);
    save_inputs();
    warn_without_service();
    map_tags();
    if (local_) {
      check_before_build();
      check_engine(runtime_);
    }
    if (uses_podman(runtime_)) return run_podman();

    const BuildxVersion buildx = require_buildx(runtime_);
    const TemporaryFolder folder(runtime_);
    runtime_.save_state("tmpDir", folder.path().string());
    const bool modern_buildkit = look_at_builder();
    if (in_.publishes() && local_) check_registries(runtime_, targets_);
    const BuildCommand command = build_command(runtime_, in_, folder, buildx, modern_buildkit);
    build(command);
  }

 private:
  bool at_least(int major, int minor) const {
    return runtime_.version() >= Version{major, minor, 0};
  }

  /// The default context means the repository at GitHub; here that is the run's own copy.
  void use_local_snapshot() {
    const std::string& remote = in_.default_context;
    if (!in_.context.starts_with(remote)) return;
    std::string below = in_.context.substr(remote.size());
    if (below.starts_with(':')) below.erase(0, 1);
    const fs::path folder = fs::path(runtime_.env("GITHUB_WORKSPACE")) / below;
    runtime_.info(fmt::format("git context {} -> the workspace of this run", in_.context));
    in_.context = folder.lexically_normal();
    if (in_.context.ends_with('/')) in_.context.pop_back();
    if (!in_.file.empty() && fs::path(in_.file).is_relative()) in_.file = folder / in_.file;
  }

  /// v6.0 to v6.15 handed the values of secrets to the post stage as well; crun never does.
  void save_inputs() {
    if (at_least(6, 16)) {
      runtime_.save_state("summaryInputs", shown_inputs(in_));
    } else if (at_least(6, 0)) {
      runtime_.save_state("inputs", shown_inputs(in_));
    }
  }

  /// As the original does since v4. A local run says it where it matters: type=gha.
  void warn_without_service() {
    if (!local_ && at_least(4, 0) && runtime_.env("ACTIONS_RUNTIME_TOKEN").empty()) {
      runtime_.warning("ACTIONS_RUNTIME_TOKEN not set");
    }
  }

  void map_tags() {
    const RegistryMap map = RegistryMap::parse(runtime_.env("CRUN_REGISTRY_MAP"));
    for (std::string& tag : in_.tags) {
      const auto mapped = map.image(tag);
      if (!mapped) {
        add_targets({tag});
        continue;
      }
      const std::string full = ImageReference::parse(tag)->text();
      runtime_.info(fmt::format("mapped {} -> {}", full, *mapped));
      targets_.push_back({*mapped, full});
      tag = *mapped;
    }
    if (map.empty()) return;
    for (const std::string& output : in_.outputs) {
      if (output.find("name=") == output.npos) continue;
      throw Failed(fmt::format(
          "the output '{}' names an image itself: --registry-map applies to `tags` only", output));
    }
  }

  /// What would fail only after the build, or with a worse message.
  void check_before_build() {
    for (const std::string& tag : in_.tags) {
      const std::string trouble = trouble_with_tag(tag);
      if (!trouble.empty()) throw Failed(fmt::format("invalid tag \"{}\": {}", tag, trouble));
    }
    if (in_.push && in_.tags.empty() && in_.outputs.empty()) {
      throw Failed("`push: true`, but `tags` is empty: there is no name to push to");
    }
    const auto uses_gha = [](const Strings& caches) {
      for (const std::string& cache : caches) {
        if (cache.find("type=gha") != cache.npos) return true;
      }
      return false;
    };
    if (!uses_podman(runtime_) && (uses_gha(in_.cache_from) || uses_gha(in_.cache_to)) &&
        runtime_.env("ACTIONS_RUNTIME_TOKEN").empty()) {
      runtime_.notice(
          "type=gha is left out by buildx: this run has no cache service (ACTIONS_RUNTIME_TOKEN is "
          "not set). The engine's own build cache is used.");
    }
  }

  /// Whether BuildKit is recent enough for the default provenance; asked only when it matters.
  bool look_at_builder() {
    const bool tells_driver = at_least(6, 16);
    if (!tells_driver && !depends_on_buildkit(runtime_, in_)) return false;
    const auto builder = inspect_builder(runtime_, in_.builder);
    if (!builder) return false;
    if (tells_driver) {
      runtime_.save_state("builderDriver", builder->driver);
      const std::string endpoint = builder->nodes.empty() ? "" : builder->nodes.front().endpoint;
      runtime_.save_state("builderEndpoint", endpoint);
    }
    return buildkit_at_least(*builder, 0, 11);
  }

  void build(const BuildCommand& command) {
    DockerCall call;
    call.arguments = command.arguments;
    if (at_least(6, 0)) call.environment.emplace_back("BUILDX_METADATA_WARNINGS", "true");
    call.on_line = [this](std::string_view line) { progress_.line(line); };
    const DockerOutcome outcome = run_docker(runtime_, call);
    const BuildOutputs outputs = read_build_outputs(command);
    if (outcome.success()) publish_outputs(runtime_, outputs);
    if (!outputs.build_ref.empty() && at_least(6, 0)) {
      runtime_.save_state("buildRef", outputs.build_ref);
    }
    const PushResult push = settle(outputs, !outcome.success());
    if (!outcome.success()) fail(outcome, push);
    if (!push.troubles.empty()) throw Failed(fmt::format("{}", fmt::join(push.troubles, "\n")));
  }

  void run_podman() {
    refuse_beyond_podman();
    const TemporaryFolder folder(runtime_);
    runtime_.save_state("tmpDir", folder.path().string());
    if (in_.push) check_registries(runtime_, targets_);
    const BuildCommand command = podman_build_command(runtime_, in_, folder);
    DockerCall call;
    call.arguments = command.arguments;
    DockerOutcome outcome = run_docker(runtime_, call);
    BuildOutputs outputs = read_build_outputs(command);
    if (!outputs.image_id.empty() && !outputs.image_id.starts_with("sha256:")) {
      outputs.image_id.insert(0, "sha256:");
    }
    if (outcome.success() && in_.push) outcome = push_by_podman(folder, outputs);
    if (outcome.success()) publish_outputs(runtime_, outputs);
    const PushResult push = settle(outputs, !outcome.success());
    if (!outcome.success()) fail(outcome, push);
    if (!push.troubles.empty()) throw Failed(fmt::format("{}", fmt::join(push.troubles, "\n")));
  }

  void refuse_beyond_podman() {
    const Strings names = inputs_beyond_podman(runtime_, in_);
    if (!names.empty()) {
      throw Failed(fmt::format(
          "podman cannot build this: it has no BuildKit, which the input{} {} need{}. Leave {} "
          "out, "
          "or run with --engine docker",
          names.size() == 1 ? "" : "s",
          fmt::join(names, ", "),
          names.size() == 1 ? "s" : "",
          names.size() == 1 ? "it" : "them"));
    }
    if (in_.cache_from.empty() && in_.cache_to.empty()) return;
    runtime_.notice("cache-from and cache-to are left out: podman keeps the layers of its builds");
  }

  /// The digest is that of the first tag; what the registries hold is looked up for all.
  DockerOutcome push_by_podman(const TemporaryFolder& folder, BuildOutputs& outputs) {
    DockerOutcome outcome;
    for (const std::string& tag : in_.tags) {
      const fs::path digest = folder.fresh_name("push-digest-", ".txt");
      DockerCall call;
      call.arguments = {"push", "--digestfile", digest.string(), tag};
      outcome = run_docker(runtime_, call);
      if (!outcome.success()) return outcome;
      std::ifstream file(digest);
      if (outputs.digest.empty()) std::getline(file, outputs.digest);
    }
    const nlohmann::ordered_json metadata = {
        {"containerimage.config.digest", outputs.image_id},
        {"containerimage.digest", outputs.digest},
        {"image.name", fmt::format("{}", fmt::join(in_.tags, ","))}};
    outputs.metadata = metadata.dump(2);
    return outcome;
  }

  /// Verifies the push, or tells that there was none.
  PushResult settle(const BuildOutputs& outputs, bool failed) {
    if (!local_) return {};
    BuiltImage image;
    image.digest = progress_.exported_digest();
    if (image.digest.empty()) image.digest = outputs.descriptor_digest;
    image.image_id = outputs.image_id;
    image.cached_steps = progress_.cached_steps();
    image.total_steps = progress_.total_steps();
    if (!in_.publishes()) {
      if (!failed) report_build(runtime_, targets_, image);
      return {};
    }
    const bool nothing_was_made = image.digest.empty() && image.image_id.empty();
    if (failed && nothing_was_made) return {};
    // Without `tags` an output has named the image.
    if (targets_.empty()) add_targets(outputs.image_names);
    return verify_push(runtime_, targets_, image, failed);
  }

  void add_targets(const Strings& names) {
    for (const std::string& name : names) {
      const auto reference = ImageReference::parse(name);
      targets_.push_back({reference ? reference->text() : name, {}});
    }
  }

  [[noreturn]] void fail(const DockerOutcome& outcome, const PushResult& push) {
    // `call: check` speaks on stdout.
    const std::string first_line = outcome.out.substr(0, outcome.out.find('\n'));
    if (!in_.call.empty() && !first_line.empty()) throw Failed(first_line);
    if (!local_) throw Failed(fmt::format("buildx failed with: {}", outcome.last_line()));
    BuildFailure failure = explain_failure(runtime_, in_, progress_, outcome.last_line());
    if (push.pushed > 0) {
      failure.message += fmt::format(
          "\npushed in part, {} of {} tags:\n{}",
          push.pushed,
          targets_.size(),
          fmt::join(push.troubles, "\n"));
    }
    throw Failed(failure.message, failure.place);
  }

  ActionRuntime& runtime_;
  bool local_;
  BuildInputs in_;
  std::vector<PushTarget> targets_;
  BuildProgress progress_;
};

/// Only what a killed main stage may have left.
void remove_leftovers(ActionRuntime& runtime) {
  const fs::path folder = runtime.state("tmpDir");
  if (folder.filename().string().starts_with("docker-actions-toolkit-")) {
    std::error_code ignored;
    fs::remove_all(folder, ignored);
  }
}

}  // namespace

void run_build_push(ActionRuntime& runtime) {
  if (runtime.stage() == Stage::post) {
    remove_leftovers(runtime);
  } else {
    BuildPush(runtime).run();
  }
}

}  // namespace crun::executor::builtin
