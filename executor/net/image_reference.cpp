// The grammar of image names, as the docker command line applies it.
#include <algorithm>
#include <cctype>

#include <fmt/format.h>

#include "executor/net/registry.hpp"

namespace crun::executor {
namespace {

bool is_lower_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/// Lower-case words joined by `.`, `_`, `__` or any number of `-`.
bool is_path_component(std::string_view text) {
  if (text.empty() || !is_lower_or_digit(text.front()) || !is_lower_or_digit(text.back())) {
    return false;
  }
  for (std::size_t at = 0; at < text.size();) {
    if (is_lower_or_digit(text[at])) {
      ++at;
      continue;
    }
    const std::size_t end = text.find_first_of("abcdefghijklmnopqrstuvwxyz0123456789", at);
    const std::string_view joint = text.substr(at, end - at);
    const bool dashes = joint.find_first_not_of('-') == joint.npos;
    if (!dashes && joint != "." && joint != "_" && joint != "__") return false;
    at = end;
  }
  return true;
}

bool is_path(std::string_view text) {
  if (text.size() > 255) return false;
  for (;;) {
    const std::size_t slash = text.find('/');
    if (!is_path_component(text.substr(0, slash))) return false;
    if (slash == text.npos) return true;
    text.remove_prefix(slash + 1);
  }
}

bool is_registry(std::string_view text) {
  if (text.starts_with('[')) return text.find(']') != text.npos;
  const std::size_t colon = text.find(':');
  const std::string_view host = text.substr(0, colon);
  const std::string_view port = colon == text.npos ? "0" : text.substr(colon + 1);
  const bool good_host =
      !host.empty() && std::all_of(host.begin(), host.end(), [](unsigned char c) {
        return std::isalnum(c) || c == '.' || c == '-';
      });
  return good_host && !port.empty() && port.find_first_not_of("0123456789") == port.npos;
}

bool is_tag(std::string_view text) {
  if (text.empty() || text.size() > 128 || text.front() == '.' || text.front() == '-') return false;
  return std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return std::isalnum(c) || c == '_' || c == '.' || c == '-';
  });
}

bool is_digest(std::string_view text) {
  return text.starts_with("sha256:") && text.size() == 71 &&
         text.substr(7).find_first_not_of("0123456789abcdef") == text.npos;
}

/// The part before the first slash is a host when it cannot be a name: a dot, a port, localhost, or
/// capital letters.
bool looks_like_registry(std::string_view text) {
  const bool capitals =
      std::any_of(text.begin(), text.end(), [](unsigned char c) { return std::isupper(c); });
  return text.find_first_of(".:[") != text.npos || text == "localhost" || capitals;
}

}  // namespace

std::optional<ImageReference> ImageReference::parse(std::string_view text) {
  ImageReference reference;
  if (const std::size_t at = text.find('@'); at != text.npos) {
    reference.digest = text.substr(at + 1);
    text = text.substr(0, at);
    if (!is_digest(reference.digest)) return std::nullopt;
  }
  const std::size_t slash = text.find('/');
  if (slash != text.npos && looks_like_registry(text.substr(0, slash))) {
    reference.registry = text.substr(0, slash);
    text.remove_prefix(slash + 1);
    if (!is_registry(reference.registry)) return std::nullopt;
  }
  if (const std::size_t colon = text.rfind(':'); colon != text.npos) {
    reference.tag = text.substr(colon + 1);
    text = text.substr(0, colon);
    if (!is_tag(reference.tag)) return std::nullopt;
  }
  if (!is_path(text)) return std::nullopt;
  reference.repository = text;
  if (reference.registry.empty() || reference.registry == "index.docker.io") {
    reference.registry = "docker.io";
  }
  if (reference.registry == "docker.io" && text.find('/') == text.npos) {
    reference.repository = fmt::format("library/{}", text);
  }
  if (!reference.digest.empty()) {
    reference.tag.clear();
  } else if (reference.tag.empty()) {
    reference.tag = "latest";
  }
  return reference;
}

std::string ImageReference::text() const {
  const std::string ending = digest.empty() ? ":" + tag : "@" + digest;
  return fmt::format("{}/{}{}", registry, repository, ending);
}

std::string ImageReference::familiar_text() const {
  const std::string full = text();
  if (full.starts_with("docker.io/library/")) return full.substr(18);
  if (full.starts_with("docker.io/")) return full.substr(10);
  return full;
}

}  // namespace crun::executor
