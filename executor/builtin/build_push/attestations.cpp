#include "executor/builtin/build_push/attestations.hpp"

#include <algorithm>
#include <optional>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "executor/builtin/list_parser.hpp"

namespace crun::executor::builtin {
namespace {

/// What Go's strconv.ParseBool takes for a boolean.
std::optional<bool> go_boolean(std::string_view text) {
  for (const char* word : {"1", "t", "T", "true", "TRUE", "True"}) {
    if (text == word) return true;
  }
  for (const char* word : {"0", "f", "F", "false", "FALSE", "False"}) {
    if (text == word) return false;
  }
  return std::nullopt;
}

std::string run_url(const ActionRuntime& runtime) {
  std::string url = fmt::format(
      "{}/{}/actions/runs/{}",
      runtime.env("GITHUB_SERVER_URL"),
      runtime.env("GITHUB_REPOSITORY"),
      runtime.env("GITHUB_RUN_ID"));
  if (runtime.version() < Version{6, 0, 0}) return url;
  const std::string attempt = runtime.env("GITHUB_RUN_ATTEMPT");
  return fmt::format("{}/attempts/{}", url, attempt.empty() ? "1" : attempt);
}

std::string with_builder_id(const ActionRuntime& runtime, const std::string& attributes) {
  for (const std::string& attribute : parse_list(attributes)) {
    if (attribute.starts_with("builder-id=")) return attributes;
  }
  return fmt::format("{},builder-id={}", attributes, run_url(runtime));
}

/// "type=sbom,true" -> "type=sbom,disabled=false".
std::string with_plain_booleans(const std::string& attributes) {
  Strings parts = parse_list(attributes);
  for (std::string& part : parts) {
    const auto boolean = go_boolean(part);
    if (boolean) part = fmt::format("disabled={}", !*boolean);
  }
  return fmt::format("{}", fmt::join(parts, ","));
}

bool is_of_type(const std::string& attestation, std::string_view type) {
  const Strings parts = parse_list(attestation);
  return std::find(parts.begin(), parts.end(), fmt::format("type={}", type)) != parts.end();
}

bool any_provenance(const Strings& attests) {
  return std::any_of(attests.begin(), attests.end(), [](const std::string& attestation) {
    return is_of_type(attestation, "provenance");
  });
}

/// An exporter for the docker engine cannot carry attestations.
bool has_docker_exporter(const BuildInputs& inputs) {
  return inputs.load ||
         std::any_of(inputs.outputs.begin(), inputs.outputs.end(), [](const std::string& output) {
           return is_of_type(output, "docker");
         });
}

bool is_private_repository(const ActionRuntime& runtime) {
  const auto event = nlohmann::json::parse(runtime.event_json(), nullptr, false);
  const auto place = nlohmann::json::json_pointer("/repository/private");
  return event.is_object() && event.contains(place) && event[place].is_boolean() &&
         event[place].get<bool>();
}

bool default_is_switched_off(const ActionRuntime& runtime) {
  return runtime.version() >= Version{6, 16, 0} &&
         go_boolean(runtime.env("BUILDX_NO_DEFAULT_ATTESTATIONS")).value_or(false);
}

}  // namespace

std::string provenance_input(const ActionRuntime& runtime) {
  const std::string text = runtime.input("provenance");
  if (text.empty()) return {};
  if (text == "true" || text == "True" || text == "TRUE") {
    return fmt::format("builder-id={}", run_url(runtime));
  }
  if (text == "false" || text == "False" || text == "FALSE") return "false";
  return with_builder_id(runtime, text);
}

bool depends_on_buildkit(const ActionRuntime& runtime, const BuildInputs& inputs) {
  // Up to v4 the version came from the image of the builder's container; buildx has since changed
  // how it tells builders, so that those versions find nothing and set no default.
  return runtime.version() >= Version{5, 0, 0} && inputs.provenance.empty() &&
         !any_provenance(inputs.attests) && !has_docker_exporter(inputs) &&
         !default_is_switched_off(runtime);
}

std::vector<std::string> attestation_arguments(
    const ActionRuntime& runtime, const BuildInputs& inputs, bool modern_buildkit) {
  Strings arguments;
  const auto add = [&](const std::string& attestation) {
    arguments.insert(arguments.end(), {"--attest", attestation});
  };
  const bool own_flags = runtime.version() < Version{5, 1, 0};
  if (!inputs.provenance.empty()) {
    if (own_flags) {
      arguments.insert(arguments.end(), {"--provenance", inputs.provenance});
    } else {
      add(with_plain_booleans("type=provenance," + inputs.provenance));
    }
  } else if (modern_buildkit && depends_on_buildkit(runtime, inputs)) {
    const bool hidden = is_private_repository(runtime);
    add(with_builder_id(
        runtime,
        hidden ? "type=provenance,mode=min,inline-only=true" : "type=provenance,mode=max"));
  }
  if (!inputs.sbom.empty()) {
    if (own_flags) {
      arguments.insert(arguments.end(), {"--sbom", inputs.sbom});
    } else {
      add(with_plain_booleans("type=sbom," + inputs.sbom));
    }
  }
  // The inputs of their own win over entries of `attests`.
  for (const std::string& attestation : inputs.attests) {
    if (is_of_type(attestation, "provenance")) {
      if (inputs.provenance.empty()) add(with_builder_id(runtime, attestation));
    } else if (is_of_type(attestation, "sbom")) {
      if (inputs.sbom.empty()) add(attestation);
    } else {
      add(with_plain_booleans(attestation));
    }
  }
  return arguments;
}

}  // namespace crun::executor::builtin
