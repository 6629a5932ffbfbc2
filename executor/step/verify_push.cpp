#include "executor/step/verify_push.hpp"

#include <map>
#include <optional>

#include <fmt/format.h>

namespace crun::executor {

CredentialSource credentials_for(
    const std::vector<SeenPush>& pushes, const CredentialSource& credentials) {
  std::map<std::string, std::optional<Credentials>> known;
  for (const auto& push : pushes) {
    const auto reference = ImageReference::parse(push.ref);
    if (reference) known.try_emplace(reference->registry, credentials(reference->registry));
  }
  return [known](const std::string& registry) -> std::optional<Credentials> {
    const auto found = known.find(registry);
    return found == known.end() ? std::nullopt : found->second;
  };
}

std::vector<PushedImage> verify_pushes(
    const std::vector<SeenPush>& pushes, const CredentialSource& credentials) {
  std::vector<PushedImage> images;
  for (const auto& push : pushes) {
    PushedImage image;
    image.ref = push.ref;
    image.digest = push.digest;
    const auto reference = ImageReference::parse(push.ref);
    if (!reference) continue;
    const auto answer = look_up(*reference, credentials);
    image.registry_digest = answer.manifest.digest;
    image.size = answer.manifest.size;
    image.platforms = answer.manifest.platforms;
    image.detail = answer.detail;
    if (answer.kind != RegistryAnswer::Kind::found) {
      image.state = PushedImage::State::missing;
    } else if (answer.manifest.digest != push.digest) {
      image.state = PushedImage::State::mismatch;
    } else {
      image.verified = true;
    }
    images.push_back(std::move(image));
  }
  return images;
}

std::string push_trouble(const std::vector<PushedImage>& images) {
  std::string trouble;
  for (const auto& image : images) {
    if (image.verified) continue;
    if (!trouble.empty()) trouble += "; ";
    if (image.state == PushedImage::State::mismatch) {
      trouble += fmt::format(
          "{} is not what was built: the registry holds {}, built was {}",
          image.ref,
          image.registry_digest,
          image.digest);
    } else {
      trouble += fmt::format("{} is missing in the registry: {}", image.ref, image.detail);
    }
  }
  return trouble;
}

}  // namespace crun::executor
