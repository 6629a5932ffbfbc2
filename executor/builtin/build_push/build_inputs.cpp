#include "executor/builtin/build_push/build_inputs.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "executor/builtin/build_push/attestations.hpp"
#include "executor/builtin/build_push/git_context.hpp"
#include "executor/builtin/list_parser.hpp"

namespace crun::executor::builtin {
namespace {

constexpr ListOptions whole_lines{.ignore_comma = true};
constexpr ListOptions verbatim_lines{.ignore_comma = true, .quote = false};
constexpr ListOptions untrimmed_lines{.ignore_comma = true, .trim = false};

Strings list(const ActionRuntime& runtime, std::string_view name, const ListOptions& options = {}) {
  return parse_list(runtime.input(name), options);
}

std::string with_default_context(std::string text, const std::string& context) {
  constexpr std::string_view expression = "{{defaultContext}}";
  const std::size_t at = text.find(expression);
  if (at != std::string::npos) text.replace(at, expression.size(), context);
  return text;
}

Strings names_of_secrets(const Strings& secrets) {
  Strings names;
  for (const std::string& secret : secrets) names.push_back(secret.substr(0, secret.find('=')));
  return names;
}

}  // namespace

bool BuildInputs::publishes() const {
  return push || std::any_of(outputs.begin(), outputs.end(), [](const std::string& output) {
           return output.find("type=registry") != output.npos ||
                  output.find("push=true") != output.npos;
         });
}

BuildInputs read_build_inputs(ActionRuntime& runtime) {
  BuildInputs in;
  in.default_context = default_git_context(runtime);
  in.add_hosts = list(runtime, "add-hosts");
  in.allow = list(runtime, "allow");
  in.annotations = list(runtime, "annotations", whole_lines);
  in.attests = list(runtime, "attests", whole_lines);
  in.build_args = list(runtime, "build-args", whole_lines);
  in.build_contexts = list(runtime, "build-contexts", whole_lines);
  in.builder = runtime.input("builder");
  in.cache_from = list(runtime, "cache-from", whole_lines);
  in.cache_to = list(runtime, "cache-to", whole_lines);
  in.call = runtime.input("call");
  in.cgroup_parent = runtime.input("cgroup-parent");
  in.context = with_default_context(runtime.input("context"), in.default_context);
  if (in.context.empty()) in.context = in.default_context;
  in.file = runtime.input("file");
  in.labels = list(runtime, "labels", whole_lines);
  in.load = runtime.boolean_input("load");
  in.network = runtime.input("network");
  in.no_cache = runtime.boolean_input("no-cache");
  in.no_cache_filters = list(runtime, "no-cache-filters");
  in.outputs = list(runtime, "outputs", verbatim_lines);
  in.platforms = list(runtime, "platforms");
  in.provenance = provenance_input(runtime);
  in.pull = runtime.boolean_input("pull");
  in.push = runtime.boolean_input("push");
  in.sbom = runtime.input("sbom");
  const bool trims_secrets = runtime.version() < Version{7, 3, 0};
  in.secrets = parse_list(
      runtime.input("secrets", trims_secrets), trims_secrets ? whole_lines : untrimmed_lines);
  in.secret_envs = list(runtime, "secret-envs");
  in.secret_files = list(runtime, "secret-files", whole_lines);
  in.shm_size = runtime.input("shm-size");
  in.ssh = list(runtime, "ssh");
  in.tags = list(runtime, "tags");
  in.target = runtime.input("target");
  in.ulimit = list(runtime, "ulimit", whole_lines);
  in.github_token = runtime.input("github-token");
  return in;
}

std::string shown_inputs(const BuildInputs& in) {
  nlohmann::ordered_json shown = nlohmann::ordered_json::object();
  const auto add = [&shown](const char* name, const auto& value) {
    using Value = std::decay_t<decltype(value)>;
    if constexpr (std::is_same_v<Value, bool>) {
      if (value) shown[name] = true;
    } else if (!value.empty()) {
      shown[name] = value;
    }
  };
  add("add-hosts", in.add_hosts);
  add("allow", in.allow);
  add("annotations", in.annotations);
  add("attests", in.attests);
  add("build-args", in.build_args);
  add("build-contexts", in.build_contexts);
  add("builder", in.builder);
  add("cache-from", in.cache_from);
  add("cache-to", in.cache_to);
  add("call", in.call);
  add("cgroup-parent", in.cgroup_parent);
  add("context", in.context);
  add("file", in.file);
  add("labels", in.labels);
  add("load", in.load);
  add("network", in.network);
  add("no-cache", in.no_cache);
  add("no-cache-filters", in.no_cache_filters);
  add("outputs", in.outputs);
  add("platforms", in.platforms);
  add("provenance", in.provenance);
  add("pull", in.pull);
  add("push", in.push);
  add("sbom", in.sbom);
  add("secrets", names_of_secrets(in.secrets));
  add("secret-envs", in.secret_envs);
  add("secret-files", in.secret_files);
  add("shm-size", in.shm_size);
  add("ssh", in.ssh);
  add("tags", in.tags);
  add("target", in.target);
  add("ulimit", in.ulimit);
  return shown.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

}  // namespace crun::executor::builtin
