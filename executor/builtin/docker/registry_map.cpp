#include "executor/builtin/docker/registry_map.hpp"

#include "executor/net/registry.hpp"

namespace crun::executor::builtin {
namespace {

/// docker.io has three names.
std::string_view canonical(std::string_view registry) {
  for (const std::string_view scheme : {"https://", "http://"}) {
    if (registry.starts_with(scheme)) registry.remove_prefix(scheme.size());
  }
  while (registry.ends_with('/')) registry.remove_suffix(1);
  if (registry.empty() || registry == "index.docker.io" || registry == "registry-1.docker.io" ||
      registry == "index.docker.io/v1") {
    return "docker.io";
  }
  return registry;
}

}  // namespace

RegistryMap RegistryMap::parse(std::string_view text) {
  RegistryMap map;
  while (!text.empty()) {
    const std::size_t comma = text.find(',');
    const std::string_view entry = text.substr(0, comma);
    const std::size_t equals = entry.find('=');
    if (equals != entry.npos && equals > 0 && equals + 1 < entry.size()) {
      map.map_.emplace(canonical(entry.substr(0, equals)), entry.substr(equals + 1));
    }
    text.remove_prefix(comma == text.npos ? text.size() : comma + 1);
  }
  return map;
}

std::optional<std::string> RegistryMap::registry(std::string_view name) const {
  const auto found = map_.find(canonical(name));
  if (found == map_.end()) return std::nullopt;
  return found->second;
}

std::optional<std::string> RegistryMap::image(std::string_view name) const {
  const auto reference = ImageReference::parse(name);
  if (!reference) return std::nullopt;
  const auto target = registry(reference->registry);
  if (!target) return std::nullopt;
  ImageReference mapped = *reference;
  mapped.registry = *target;
  return mapped.text();
}

}  // namespace crun::executor::builtin
