// docker/setup-buildx-action: makes a builder. Its usual driver runs BuildKit in a container of its
// own; when a local run has no such image, the engine's own BuildKit does, and the log says so. So
// it does of podman, which has no BuildKit and builds by itself.
#include "executor/builtin/setup_buildx.hpp"

#include <algorithm>
#include <filesystem>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "executor/builtin/docker/buildx.hpp"
#include "executor/builtin/docker/docker_command.hpp"
#include "executor/builtin/docker/engine.hpp"
#include "executor/builtin/docker/temporary_folder.hpp"
#include "executor/builtin/setup_buildx/builder_request.hpp"
#include "executor/builtin/setup_qemu/binfmt.hpp"
#include "executor/random_id.hpp"

namespace crun::executor::builtin {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* buildkit_image = "moby/buildkit:buildx-stable-1";

DockerOutcome docker(
    ActionRuntime& runtime, std::vector<std::string> arguments, bool silent = false) {
  DockerCall call;
  call.arguments = std::move(arguments);
  call.silent = silent;
  return run_docker(runtime, call);
}

void must(const DockerOutcome& outcome) {
  if (!outcome.success()) throw Failed(outcome.last_line());
}

/// The output `nodes`; what a node does not have is left out.
Json node_facts(const BuilderNode& node) {
  Json facts;
  const auto add = [&facts](const char* name, const auto& value) {
    if (!value.empty()) facts[name] = value;
  };
  const auto add_pairs = [&facts](const char* name, const auto& pairs) {
    for (const auto& [key, value] : pairs) facts[name][key] = value;
  };
  add("name", node.name);
  add("endpoint", node.endpoint);
  add("driver-opts", node.driver_options);
  add("status", node.status);
  add("buildkitd-flags", node.buildkitd_flags);
  add("buildkit", node.buildkit_version);
  add("platforms", node.platforms);
  add_pairs("features", node.features);
  add_pairs("labels", node.labels);
  for (const GarbageRule& rule : node.garbage_rules) {
    Json entry = {{"all", rule.all}};
    if (!rule.filter.empty()) entry["filter"] = rule.filter;
    if (!rule.keep_duration.empty()) entry["keepDuration"] = rule.keep_duration;
    if (!rule.keep_bytes.empty()) entry["keepBytes"] = rule.keep_bytes;
    facts["gcPolicy"].push_back(entry);
  }
  return facts;
}

/// Of all nodes, each once, in their order.
std::string all_platforms(const Builder& builder) {
  std::vector<std::string> platforms;
  for (const BuilderNode& node : builder.nodes) {
    std::string_view rest = node.platforms;
    while (!rest.empty()) {
      const std::size_t comma = rest.find(',');
      const std::string platform(rest.substr(0, comma));
      rest.remove_prefix(comma == rest.npos ? rest.size() : comma + 1);
      if (std::find(platforms.begin(), platforms.end(), platform) == platforms.end()) {
        platforms.push_back(platform);
      }
    }
  }
  return fmt::format("{}", fmt::join(platforms, ","));
}

class SetupBuildx {
 public:
  explicit SetupBuildx(ActionRuntime& runtime)
      : runtime_(runtime), local_(runtime.env("CRUN_LOCAL") == "1") {}

  void run() {
    runtime_.save_state("isPost", "true");
    request_ = read_builder_request(runtime_);
    runtime_.save_state("cleanup", request_.cleanup ? "true" : "false");
    if (uses_podman(runtime_)) return describe_podman();
    if (local_) check_engine(runtime_);
    require_buildx(runtime_);
    runtime_.save_state("standalone", "false");
    if (local_ && !buildkit_image_is_here()) fall_back_to_engine();
    if (request_.driver == "docker") request_.name = context_name();
    announce();
    const TemporaryFolder folder(runtime_);
    if (request_.driver == "docker") {
      if (request_.use && local_) must(docker(runtime_, {"buildx", "use", request_.name}, true));
    } else {
      create(folder);
    }
    if (request_.install) must(docker(runtime_, {"buildx", "install"}));
    publish();
  }

 private:
  /// Given to the post stage before anything is made, so that a failure leaves nothing behind.
  void announce() {
    runtime_.set_output("name", request_.name);
    runtime_.save_state("builderName", request_.name);
    runtime_.save_state("builderDriver", request_.driver);
    std::string base = runtime_.env("DOCKER_CONFIG");
    if (base.empty()) base = runtime_.env("HOME") + "/.docker";
    runtime_.save_state("certsDir", base + "/buildx/certs");
    if (request_.keep_state) runtime_.save_state("keepState", "true");
  }

  bool buildkit_image_is_here() {
    if (request_.driver != "docker-container") return true;
    std::string image = buildkit_image;
    for (const std::string& option : request_.driver_options) {
      if (option.starts_with("image=")) image = option.substr(6);
    }
    const DockerOutcome outcome = docker(runtime_, {"image", "inspect", image}, true);
    const bool absent = outcome.err.find("o such image") != std::string::npos;
    if (!outcome.success() && !absent) throw Failed(outcome.last_line());
    return outcome.success();
  }

  void fall_back_to_engine() {
    runtime_.notice(
        "setup-buildx: the image of BuildKit is not on this machine, so the engine's own BuildKit "
        "builds (driver docker: no further nodes, no `allow`, one cache for all jobs)");
    request_.driver = "docker";
    request_.nodes.clear();
  }

  /// What a workflow does with a builder, podman does without one; another machine's it cannot use.
  void describe_podman() {
    const bool elsewhere = (request_.driver != "docker-container" && request_.driver != "docker") ||
                           !request_.endpoint.empty() || !request_.nodes.empty();
    if (elsewhere || request_.install) {
      throw Failed(fmt::format(
          "setup-buildx: podman has no buildx, so there is no {}. Leave `driver`, `endpoint`, "
          "`append` and `install` out to build with podman itself, or use --engine docker",
          request_.install ? "`docker build` to put it behind"
                           : fmt::format("builder of driver {}", request_.driver)));
    }
    runtime_.notice(
        "setup-buildx: podman has no buildx and needs no builder: it builds by itself (no cache "
        "exports, no attestations, one platform a build)");
    runtime_.save_state("cleanup", "false");
    const std::string platforms =
        fmt::format("{}", fmt::join(runnable_platforms("/proc/sys/fs/binfmt_misc"), ","));
    const Json node = {{"name", podman_builder}, {"status", "running"}, {"platforms", platforms}};
    runtime_.set_output("name", podman_builder);
    runtime_.set_output("driver", "podman");
    runtime_.set_output("platforms", platforms);
    runtime_.set_output("nodes", Json::array({node}).dump(2));
  }

  std::string context_name() {
    DockerCall call;
    call.arguments = {"context", "inspect", "--format", "{{.Name}}"};
    call.environment.emplace_back("DOCKER_CONTENT_TRUST", "false");
    call.silent = true;
    const DockerOutcome outcome = run_docker(runtime_, call);
    must(outcome);
    return outcome.out.substr(0, outcome.out.find('\n'));
  }

  /// buildx does not take the engine's TLS settings from the environment, only from a context.
  void make_context_for_tls() {
    const bool tls =
        !runtime_.env("DOCKER_TLS_VERIFY").empty() || !runtime_.env("DOCKER_CERT_PATH").empty();
    if (request_.driver != "docker-container" || !request_.endpoint.empty() || !tls) return;
    request_.endpoint = "buildx-" + random_uuid();
    must(docker(runtime_, {"context", "create", request_.endpoint}));
    runtime_.save_state("tmpDockerContext", request_.endpoint);
  }

  void create(const TemporaryFolder& folder) {
    make_context_for_tls();
    const bool may_exist =
        runtime_.version() >= Version{3, 11, 0} && !runtime_.input("name").empty();
    if (may_exist && inspect_builder(runtime_, request_.name)) {
      runtime_.info(fmt::format("Builder {} already exists, skipping creation", request_.name));
    } else {
      must(docker(runtime_, create_arguments(request_, folder)));
    }
    for (const AppendedNode& node : request_.nodes) {
      const DockerOutcome outcome = docker(runtime_, append_arguments(request_, node));
      if (!outcome.success()) throw Failed("Failed to append node " + outcome.last_line());
    }
    must(docker(runtime_, {"buildx", "inspect", "--bootstrap", "--builder", request_.name}));
  }

  void publish() {
    const auto builder = inspect_builder(runtime_, request_.name);
    if (!builder || builder->nodes.empty()) {
      throw Failed(fmt::format("the builder {} cannot be inspected", request_.name));
    }
    Json nodes = Json::array();
    for (const BuilderNode& node : builder->nodes) nodes.push_back(node_facts(node));
    const BuilderNode& first = builder->nodes.front();
    runtime_.set_output("driver", builder->driver);
    runtime_.set_output("platforms", all_platforms(*builder));
    runtime_.set_output("nodes", nodes.dump(2));
    if (runtime_.version() < Version{4, 0, 0}) {
      runtime_.set_output("endpoint", first.endpoint);
      runtime_.set_output("status", first.status);
      runtime_.set_output("flags", first.buildkitd_flags);
    }
    if (request_.driver != "docker") {
      runtime_.save_state("containerName", "buildx_buildkit_" + first.name);
    }
  }

  ActionRuntime& runtime_;
  bool local_;
  BuilderRequest request_;
};

void post_stage(ActionRuntime& runtime) {
  const std::string name = runtime.state("builderName");
  if (runtime.state("cleanup") == "false" || name.empty()) return;
  if (runtime.state("builderDriver") != "docker") {
    if (docker(runtime, {"buildx", "inspect", name}, true).success()) {
      std::vector<std::string> arguments = {"buildx", "rm", name};
      if (runtime.state("keepState") == "true") arguments.emplace_back("--keep-state");
      const DockerOutcome outcome = docker(runtime, arguments);
      if (!outcome.success()) runtime.warning(outcome.last_line());
    }
  }
  const std::string context = runtime.state("tmpDockerContext");
  if (!context.empty()) docker(runtime, {"context", "rm", "-f", context});
}

}  // namespace

void run_setup_buildx(ActionRuntime& runtime) {
  if (runtime.stage() == Stage::post) {
    post_stage(runtime);
  } else {
    SetupBuildx(runtime).run();
  }
}

}  // namespace crun::executor::builtin
