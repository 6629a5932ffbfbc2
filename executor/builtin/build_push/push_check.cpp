#include "executor/builtin/build_push/push_check.hpp"

#include <algorithm>
#include <chrono>
#include <set>
#include <thread>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "executor/builtin/interruption.hpp"
#include "executor/net/credentials.hpp"
#include "executor/net/registry.hpp"

namespace crun::executor::builtin {
namespace {

using nlohmann::json;
using Kind = RegistryAnswer::Kind;

/// Large registries show a new tag only after a moment.
constexpr std::chrono::milliseconds waits[] = {
    std::chrono::milliseconds(300),
    std::chrono::milliseconds(700),
    std::chrono::milliseconds(1500)};

struct Verdict {
  std::string state = "missing";  // pushed, missing, mismatch
  bool verified = false;
  std::string registry_digest, detail;
  ManifestFacts facts;
};

RegistryAnswer look_up_patiently(const ImageReference& reference, bool expected_there) {
  RegistryAnswer answer = look_up(reference, stored_credentials);
  for (const auto wait : waits) {
    if (!expected_there || answer.kind != Kind::missing || interruption_signal()) break;
    std::this_thread::sleep_for(wait);
    answer = look_up(reference, stored_credentials);
  }
  return answer;
}

/// An engine with its old store knows the image by the digest of its configuration only.
bool is_built_image(const ManifestFacts& found, const BuiltImage& image) {
  if (!image.digest.empty() && found.digest == image.digest) return true;
  const bool by_configuration = image.digest.empty() || image.digest == image.image_id;
  return by_configuration && !image.image_id.empty() && found.configuration == image.image_id;
}

Verdict verdict_on(const PushTarget& target, const BuiltImage& image, bool failed) {
  Verdict verdict;
  const auto reference = ImageReference::parse(target.ref);
  if (!reference) {
    verdict.detail = "no valid image name";
    return verdict;
  }
  const RegistryAnswer answer = look_up_patiently(*reference, !failed);
  if (answer.kind != Kind::found) {
    verdict.detail = answer.detail;
    // The engine says it pushed, and we may not look: believed, but not called verified.
    if (!failed && answer.kind != Kind::missing) verdict.state = "pushed";
    return verdict;
  }
  verdict.facts = answer.manifest;
  verdict.registry_digest = answer.manifest.digest;
  if (is_built_image(answer.manifest, image)) {
    verdict.state = "pushed";
    verdict.verified = true;
  } else if (failed) {
    verdict.detail = fmt::format("the registry still holds {}", answer.manifest.digest);
  } else if (image.digest.empty() && image.image_id.empty()) {
    verdict.state = "pushed";
    verdict.detail = "the build did not say what it made";
  } else {
    verdict.state = "mismatch";
    verdict.detail = fmt::format(
        "the registry holds {}, not what was built ({})", answer.manifest.digest, image.digest);
  }
  return verdict;
}

void report(
    ActionRuntime& runtime,
    const PushTarget& target,
    const BuiltImage& image,
    const Verdict& verdict) {
  const bool by_configuration = image.digest.empty() || image.digest == image.image_id;
  const bool known_by_registry = verdict.verified && by_configuration;
  const json line = {
      {"event", "image.pushed"},
      {"ref", target.ref},
      {"digest", known_by_registry ? verdict.registry_digest : image.digest},
      {"registry_digest", verdict.registry_digest},
      {"state", verdict.state},
      {"verified", verdict.verified},
      {"mapped_from", target.mapped_from},
      {"size", verdict.facts.size},
      {"platforms", verdict.facts.platforms},
      {"cached", image.cached_steps},
      {"total", image.total_steps},
      {"detail", verdict.detail}};
  runtime.report(line.dump(-1, ' ', false, json::error_handler_t::replace));
}

std::string human_size(std::uint64_t bytes) {
  if (bytes < 1000) return fmt::format("{} B", bytes);
  if (bytes < 1000 * 1000) return fmt::format("{:.1f} kB", static_cast<double>(bytes) / 1e3);
  return fmt::format("{:.1f} MB", static_cast<double>(bytes) / 1e6);
}

std::string told(const PushTarget& target, const BuiltImage& image, const Verdict& verdict) {
  if (verdict.verified) {
    std::string platforms = fmt::format("{}", fmt::join(verdict.facts.platforms, ", "));
    if (!platforms.empty()) platforms += ", ";
    return fmt::format(
        "pushed {} {} ({}{}), verified in the registry",
        target.ref,
        verdict.registry_digest,
        platforms,
        human_size(verdict.facts.size));
  }
  const std::string why = verdict.detail.empty() ? "" : ": " + verdict.detail;
  if (verdict.state == "pushed") {
    return fmt::format("pushed {} {}, not verified{}", target.ref, image.digest, why);
  }
  return fmt::format("{} {}{}", verdict.state, target.ref, why);
}

}  // namespace

void check_registries(ActionRuntime& runtime, const std::vector<PushTarget>& targets) {
  std::set<std::string> seen;
  for (const PushTarget& target : targets) {
    const auto reference = ImageReference::parse(target.ref);
    if (!reference || !seen.insert(reference->registry).second) continue;
    const auto credentials = stored_credentials(reference->registry);
    const RegistryAnswer answer =
        check_access(reference->registry, credentials, reference->repository);
    if (answer.kind == Kind::unreachable) {
      throw Failed(fmt::format("cannot push {}: {}", target.ref, answer.detail));
    }
    if (answer.kind == Kind::unauthorized) {
      throw Failed(fmt::format(
          "cannot push {}: {}{}",
          target.ref,
          answer.detail,
          credentials ? ""
                      : fmt::format(
                            "\nno step has logged in to {}: add docker/login-action before this "
                            "step",
                            reference->registry)));
    }
    if (answer.kind != Kind::found) runtime.info(answer.detail);
  }
}

PushResult verify_push(
    ActionRuntime& runtime,
    const std::vector<PushTarget>& targets,
    const BuiltImage& image,
    bool failed) {
  PushResult result;
  runtime.group("Verification");
  for (const PushTarget& target : targets) {
    const Verdict verdict = verdict_on(target, image, failed);
    report(runtime, target, image, verdict);
    const std::string line = told(target, image, verdict);
    runtime.info(line);
    if (verdict.state == "pushed") {
      ++result.pushed;
    } else {
      result.troubles.push_back(line);
    }
  }
  runtime.end_group();
  return result;
}

void report_build(
    ActionRuntime& runtime, const std::vector<PushTarget>& targets, const BuiltImage& image) {
  json refs = json::array();
  for (const PushTarget& target : targets) refs.push_back(target.ref);
  const json line = {
      {"event", "image.built"},
      {"refs", refs},
      {"digest", image.digest.empty() ? image.image_id : image.digest},
      {"push", false},
      {"cached", image.cached_steps},
      {"total", image.total_steps}};
  runtime.report(line.dump(-1, ' ', false, json::error_handler_t::replace));
}

}  // namespace crun::executor::builtin
