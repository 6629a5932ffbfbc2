// A container registry (OCI distribution API) as far as crun needs it: is a tag there, with which
// digest, how large, for which platforms?
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace crun::executor {

/// "host:port/team/app:tag" taken apart as docker does: no host means docker.io, one name on
/// docker.io means library/, no tag means latest.
struct ImageReference {
  std::string registry;    // "docker.io", "127.0.0.1:5002"
  std::string repository;  // "library/busybox"
  std::string tag;         // empty when there is a digest
  std::string digest;

  /// Nothing when it is no valid reference.
  static std::optional<ImageReference> parse(std::string_view text);
  std::string text() const;           // full form
  std::string familiar_text() const;  // as docker shows it
};

struct Credentials {
  std::string username, password;
};

/// Credentials of a registry host, or nothing for anonymous.
using CredentialSource = std::function<std::optional<Credentials>(const std::string& registry)>;

struct ManifestFacts {
  std::string digest;  // computed from the bytes
  std::string media_type;
  std::string configuration;  // digest of the image's configuration; empty for an index
  std::uint64_t size = 0;     // compressed layers and configuration of all platforms
  std::vector<std::string> platforms;
};

struct RegistryAnswer {
  enum class Kind { found, missing, unauthorized, unreachable, other };
  Kind kind = Kind::other;
  ManifestFacts manifest;
  std::string detail;  // for people
};

/// Asks a registry for a tag or digest; HTTP for 127.0.0.0/8 and localhost, HTTPS else; basic and
/// bearer-token authentication; a time limit instead of a hang.
RegistryAnswer look_up(const ImageReference& reference, const CredentialSource& credentials);

/// `GET /v2/`: can one log in? Tells a wrong password from a registry that is not there. With a
/// repository, a registry that hands out tokens is asked for one that may push there.
RegistryAnswer check_access(
    const std::string& registry,
    const std::optional<Credentials>& credentials,
    const std::string& repository = {});

}  // namespace crun::executor
