#include "executor/builtin/build_push/build_arguments.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>

#include <fmt/format.h>

#include "executor/builtin/build_push/attestations.hpp"
#include "executor/builtin/list_parser.hpp"

namespace crun::executor::builtin {
namespace {

class ArgumentWriter {
 public:
  ArgumentWriter(
      ActionRuntime& runtime,
      const BuildInputs& inputs,
      const TemporaryFolder& folder,
      const BuildxVersion& buildx)
      : runtime_(runtime), in_(inputs), folder_(folder), buildx_(buildx) {}

  BuildCommand write(bool modern_buildkit) {
    command_.arguments = {"buildx", "build"};
    write_first_half();
    write_attestations(modern_buildkit);
    write_second_half();
    add("--builder", in_.builder);
    flag("--load", in_.load);
    if (buildx_.at_least(0, 6)) {
      command_.metadata_file = folder_.fresh_name("build-metadata-", ".json");
      add("--metadata-file", command_.metadata_file);
    }
    write_ways();
    flag("--push", in_.push);
    command_.arguments.push_back(in_.context);
    return std::move(command_);
  }

  BuildCommand write_for_podman() {
    command_.arguments = {"build"};
    each("--add-host", in_.add_hosts);
    each("--annotation", in_.annotations);
    each("--build-arg", in_.build_args);
    each("--build-context", build_contexts());
    add("--cgroup-parent", in_.cgroup_parent);
    write_environment_secrets();
    add("--file", in_.file);
    command_.id_file = folder_.fresh_name("build-iidfile-", ".txt");
    add("--iidfile", command_.id_file);
    each("--label", in_.labels);
    add("--platform", joined(in_.platforms));
    write_second_half();
    write_ways();
    command_.arguments.push_back(in_.context);
    return std::move(command_);
  }

 private:
  void write_environment_secrets() {
    for (const std::string& secret : in_.secret_envs) {
      if (const auto at = split_secret(secret)) {
        add("--secret", fmt::format("id={},env={}", secret.substr(0, at), secret.substr(at + 1)));
      }
    }
  }

  void write_first_half() {
    each("--add-host", in_.add_hosts);
    if (runtime_.version() < Version{6, 10, 0}) {
      add("--allow", joined(in_.allow));
    } else {
      each("--allow", in_.allow);
    }
    each_if_supported("--annotation", in_.annotations, "Annotations", "annotations", 12);
    each("--build-arg", in_.build_args);
    each_if_supported("--build-context", build_contexts(), "Build contexts", "build-contexts", 8);
    each("--cache-from", in_.cache_from);
    each("--cache-to", in_.cache_to);
    if (!in_.call.empty() && !buildx_.at_least(0, 15)) {
      throw Failed("Buildx >= 0.15.0 is required to use the call flag.");
    }
    add("--call", in_.call);
    add("--cgroup-parent", in_.cgroup_parent);
    write_environment_secrets();
    add("--file", in_.file);
    if (!is_exported_as_files()) {
      command_.id_file = folder_.fresh_name("build-iidfile-", ".txt");
      add("--iidfile", command_.id_file);
    }
    each("--label", in_.labels);
    each("--no-cache-filter", in_.no_cache_filters);
    each("--output", in_.outputs);
    add("--platform", joined(in_.platforms));
  }

  void write_attestations(bool modern_buildkit) {
    if (buildx_.at_least(0, 10)) {
      const auto arguments = attestation_arguments(runtime_, in_, modern_buildkit);
      command_.arguments.insert(command_.arguments.end(), arguments.begin(), arguments.end());
    } else if (!in_.provenance.empty() || !in_.sbom.empty() || !in_.attests.empty()) {
      runtime_.warning(
          "Attestations are only supported by buildx >= 0.10.0; the inputs 'attests', 'provenance' "
          "and 'sbom' are ignored.");
    }
  }

  void write_secrets() {
    for (const std::string& secret : in_.secrets) {
      if (const auto at = split_secret(secret)) {
        const std::string value = secret.substr(at + 1);
        if (masks(value)) runtime_.add_mask(value);
        add_secret(secret.substr(0, at), value);
      }
    }
    for (const std::string& secret : in_.secret_files) {
      if (const auto at = split_secret(secret)) add_secret_file(secret, at);
    }
    const bool own_token =
        std::any_of(in_.secrets.begin(), in_.secrets.end(), [](const std::string& secret) {
          return secret.starts_with("GIT_AUTH_TOKEN=") || secret.starts_with("GIT_AUTH_TOKEN.");
        });
    if (!in_.github_token.empty() && !own_token && in_.context.starts_with(in_.default_context)) {
      if (masks(in_.github_token)) runtime_.add_mask(in_.github_token);
      add_secret(token_name(), in_.github_token);
    }
  }

  void write_second_half() {
    write_secrets();
    add("--shm-size", in_.shm_size);
    each("--ssh", in_.ssh);
    each("--tag", in_.tags);
    add("--target", in_.target);
    each("--ulimit", in_.ulimit);
  }

  void write_ways() {
    add("--network", in_.network);
    flag("--no-cache", in_.no_cache);
    flag("--pull", in_.pull);
  }

  /// Since v6.16 the original masks what it writes to secret files; a local run does so for every
  /// version, but for values so short that they would blot out the log.
  bool masks(const std::string& value) const {
    constexpr std::size_t long_enough = 4;
    return runtime_.version() >= Version{6, 16, 0} ||
           (runtime_.env("CRUN_LOCAL") == "1" && value.size() >= long_enough);
  }

  /// GIT_AUTH_TOKEN, for one host only since v6.19.
  std::string token_name() const {
    if (runtime_.version() < Version{6, 19, 0}) return "GIT_AUTH_TOKEN";
    if (runtime_.version() < Version{6, 19, 2}) return "GIT_AUTH_TOKEN.github.com";
    std::string_view host = in_.default_context;
    const std::size_t scheme = host.find("://");
    if (scheme != host.npos) host.remove_prefix(scheme + 3);
    return fmt::format("GIT_AUTH_TOKEN.{}", host.substr(0, host.find('/')));
  }

  Strings build_contexts() const {
    Strings contexts = in_.build_contexts;
    if (runtime_.version() < Version{6, 11, 0}) return contexts;
    constexpr std::string_view expression = "{{defaultContext}}";
    for (std::string& context : contexts) {
      const std::size_t at = context.find(expression);
      if (at != context.npos) context.replace(at, expression.size(), in_.default_context);
    }
    return contexts;
  }

  /// ID=VALUE: the place of the `=`; 0, with a warning, when it is not one.
  std::size_t split_secret(const std::string& secret) {
    const std::size_t at = secret.find('=');
    if (at != 0 && at != secret.npos && at + 1 < secret.size()) return at;
    // A name alone is safe to show; what follows a `=` may be the secret.
    const bool shown = at == secret.npos;
    runtime_.warning(
        fmt::format("{} is not a valid secret", shown ? secret : secret.substr(0, at + 1) + "***"));
    return 0;
  }

  void add_secret(const std::string& id, std::string_view value) {
    add("--secret", fmt::format("id={},src={}", id, folder_.write(value).string()));
  }

  void add_secret_file(const std::string& secret, std::size_t at) {
    const std::string id = secret.substr(0, at), path = secret.substr(at + 1);
    std::ifstream file(path, std::ios::binary);
    if (!file) {
      runtime_.warning(fmt::format("secret file {} not found", path));
    } else if (runtime_.version() >= Version{7, 2, 0}) {
      add("--secret", fmt::format("id={},src={}", id, path));
    } else {
      const std::string content(std::istreambuf_iterator<char>(file), {});
      add_secret(id, content);
    }
  }

  /// Files in a folder or an archive instead of an image: type=local, type=tar or a bare path.
  bool is_exported_as_files() const {
    return std::any_of(in_.outputs.begin(), in_.outputs.end(), [](const std::string& output) {
      const Strings parts = parse_list(output);
      const bool bare_path = parts.size() == 1 && parts.front().find('=') == std::string::npos;
      const auto has = [&parts](const char* part) {
        return std::find(parts.begin(), parts.end(), part) != parts.end();
      };
      return bare_path || has("type=local") || has("type=tar");
    });
  }

  static std::string joined(const Strings& items) {
    return fmt::format("{}", fmt::join(items, ","));
  }

  void add(const char* option, const std::string& value) {
    if (!value.empty()) command_.arguments.insert(command_.arguments.end(), {option, value});
  }

  void flag(const char* option, bool set) {
    if (set) command_.arguments.emplace_back(option);
  }

  /// Also empty values: a line of blanks in a list is an item (docker-actions.md 1.2).
  void each(const char* option, const Strings& values) {
    for (const std::string& value : values) {
      command_.arguments.insert(command_.arguments.end(), {option, value});
    }
  }

  void each_if_supported(
      const char* option, const Strings& values, const char* what, const char* input, int minor) {
    if (values.empty()) return;
    if (buildx_.at_least(0, minor)) return each(option, values);
    runtime_.warning(fmt::format(
        "{} are only supported by buildx >= 0.{}.0; the input '{}' is ignored.",
        what,
        minor,
        input));
  }

  ActionRuntime& runtime_;
  const BuildInputs& in_;
  const TemporaryFolder& folder_;
  const BuildxVersion& buildx_;
  BuildCommand command_;
};

}  // namespace

BuildCommand build_command(
    ActionRuntime& runtime,
    const BuildInputs& inputs,
    const TemporaryFolder& folder,
    const BuildxVersion& buildx,
    bool modern_buildkit) {
  return ArgumentWriter(runtime, inputs, folder, buildx).write(modern_buildkit);
}

Strings inputs_beyond_podman(const ActionRuntime& runtime, const BuildInputs& in) {
  const auto is_on = [](const std::string& text) { return !text.empty() && text != "false"; };
  Strings names;
  const auto note = [&names](bool used, const char* name) {
    if (used) names.emplace_back(name);
  };
  note(!in.allow.empty(), "allow");
  note(!in.attests.empty(), "attests");
  note(!in.builder.empty() && in.builder != podman_builder, "builder");
  note(!in.call.empty(), "call");
  note(!in.no_cache_filters.empty(), "no-cache-filters");
  note(!in.outputs.empty(), "outputs");
  note(in.platforms.size() > 1, "platforms (several)");
  note(is_on(runtime.input("provenance")), "provenance");
  note(is_on(in.sbom), "sbom");
  return names;
}

BuildCommand podman_build_command(
    ActionRuntime& runtime, const BuildInputs& inputs, const TemporaryFolder& folder) {
  const BuildxVersion none;
  return ArgumentWriter(runtime, inputs, folder, none).write_for_podman();
}

}  // namespace crun::executor::builtin
