// A question is asked without credentials first; the registry's challenge (RFC 7235) says how it
// wants them: Basic, or a Bearer token fetched from the realm it names.
#include "executor/net/registry.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "executor/files/sha256.hpp"
#include "executor/net/http.hpp"

namespace crun::executor {
namespace {

using nlohmann::json;

constexpr const char* manifest_types =
    "Accept: application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json, "
    "application/vnd.docker.distribution.manifest.list.v2+json, "
    "application/vnd.docker.distribution.manifest.v2+json";
/// An index with more images than this is not walked to its end.
constexpr std::size_t most_platforms = 64;

std::string sha256(std::string_view bytes) {
  return "sha256:" + to_hex(sha256_of(bytes));
}

/// The challenge's parameters: Bearer realm="...",service="...",scope="...".
std::map<std::string, std::string> challenge_parameters(std::string_view challenge) {
  std::map<std::string, std::string> parameters;
  challenge.remove_prefix(std::min(challenge.find(' '), challenge.size()));
  while (!challenge.empty()) {
    const std::size_t start = challenge.find_first_not_of(" ,");
    if (start == challenge.npos) break;
    challenge.remove_prefix(start);
    const std::size_t equals = challenge.find('=');
    if (equals == challenge.npos) break;
    const std::string name(challenge.substr(0, equals));
    challenge.remove_prefix(equals + 1);
    const bool quoted = challenge.starts_with('"');
    if (quoted) challenge.remove_prefix(1);
    const std::size_t end = challenge.find(quoted ? '"' : ',');
    parameters[name] = challenge.substr(0, end);
    challenge.remove_prefix(end == challenge.npos ? challenge.size() : end + 1);
  }
  return parameters;
}

/// One registry during one question; keeps the token it got.
class Session {
 public:
  Session(std::string registry, std::optional<Credentials> credentials)
      : registry_(std::move(registry)), credentials_(std::move(credentials)) {
    const std::string host = registry_ == "docker.io" ? "registry-1.docker.io" : registry_;
    base_ = fmt::format("{}://{}/v2/", is_loopback(registry_) ? "http" : "https", host);
  }

  const std::string& base() const { return base_; }
  const std::string& registry() const { return registry_; }
  bool has_credentials() const { return credentials_.has_value(); }
  /// Why the last token could not be had; empty when it could.
  const std::string& token_failure() const { return token_failure_; }

  HttpResponse get(
      const std::string& path, const std::string& scope, const char* accept = nullptr) {
    HttpResponse response = ask(path, accept);
    // A registry on this machine may speak TLS all the same, with a certificate of its own making.
    if (response.status == 400 && base_.starts_with("http://") &&
        response.body.find("HTTPS server") != std::string::npos) {
      base_.replace(0, 4, "https");
      response = ask(path, accept);
    }
    if (response.status != 401) return response;
    return authorize(response.headers["www-authenticate"], scope) ? ask(path, accept) : response;
  }

 private:
  HttpResponse ask(const std::string& path, const char* accept) {
    HttpRequest request;
    request.url = base_ + path;
    request.verify_certificate = !is_loopback(registry_);
    if (accept) request.headers.emplace_back(accept);
    if (!token_.empty()) request.headers.push_back("Authorization: Bearer " + token_);
    if (basic_) {
      request.username = credentials_->username;
      request.password = credentials_->password;
    }
    return http_request(request);
  }

  /// Is there something new to try after a 401?
  bool authorize(const std::string& challenge, const std::string& scope) {
    const std::string scheme = challenge.substr(0, challenge.find(' '));
    if (scheme == "Basic" || scheme == "basic") {
      if (!credentials_ || basic_) return false;
      return basic_ = true;
    }
    if (scheme != "Bearer" && scheme != "bearer") return false;
    return fetch_token(challenge_parameters(challenge), scope);
  }

  bool fetch_token(const std::map<std::string, std::string>& challenge, const std::string& scope) {
    const auto value = [&challenge](const char* name) {
      const auto found = challenge.find(name);
      return found == challenge.end() ? std::string() : found->second;
    };
    const std::string realm = value("realm");
    // A password goes over plain HTTP only on this machine.
    if (!realm.starts_with("https://") &&
        !(realm.starts_with("http://") && is_loopback(registry_))) {
      token_failure_ = fmt::format("it names '{}' as its token service", realm);
      return false;
    }
    HttpRequest request;
    request.url = fmt::format(
        "{}{}service={}",
        realm,
        realm.find('?') == std::string::npos ? '?' : '&',
        percent_encoded(value("service")));
    const std::string wanted = scope.empty() ? value("scope") : scope;
    if (!wanted.empty()) request.url += "&scope=" + percent_encoded(wanted);
    if (credentials_) {
      request.username = credentials_->username;
      request.password = credentials_->password;
    }
    const HttpResponse response = http_request(request);
    if (response.status != 200) {
      token_failure_ = response.status ? fmt::format("{} from {}", response.status, realm)
                                       : fmt::format("{}: {}", realm, response.error);
      return false;
    }
    const json answer = json::parse(response.body, nullptr, false);
    if (!answer.is_object()) return false;
    const auto text = [&answer](const char* name) {
      const auto found = answer.find(name);
      return found != answer.end() && found->is_string() ? found->get<std::string>() : "";
    };
    token_ = text("token").empty() ? text("access_token") : text("token");
    return !token_.empty();
  }

  std::string registry_;
  std::optional<Credentials> credentials_;
  std::string base_;
  std::string token_, token_failure_;
  bool basic_ = false;
};

/// The registry's own words: {"errors":[{"code":"MANIFEST_UNKNOWN","message":"..."}]}.
std::string registry_message(const std::string& body) {
  const json answer = json::parse(body, nullptr, false);
  if (!answer.is_object() || !answer.contains("errors") || !answer["errors"].is_array()) return {};
  for (const json& error : answer["errors"]) {
    if (error.is_object() && error.contains("message") && error["message"].is_string()) {
      return fmt::format(" ({})", error["message"].get<std::string>());
    }
  }
  return {};
}

RegistryAnswer failed_answer(const Session& session, const HttpResponse& response) {
  RegistryAnswer answer;
  const std::string& registry = session.registry();
  if (response.status == 0) {
    // An engine may be told to do without TLS or with an unknown authority; crun is not.
    const bool tls = response.failure == HttpResponse::Failure::tls;
    answer.kind = tls ? RegistryAnswer::Kind::other : RegistryAnswer::Kind::unreachable;
    answer.detail =
        fmt::format("cannot reach registry {} at {}: {}", registry, session.base(), response.error);
  } else if (response.status == 401 || response.status == 403) {
    answer.kind = RegistryAnswer::Kind::unauthorized;
    const std::string why = session.token_failure().empty()
                                ? registry_message(response.body)
                                : fmt::format(" ({})", session.token_failure());
    answer.detail = fmt::format(
        "registry {} {}: {} {}{}",
        registry,
        session.has_credentials() ? "refuses the credentials" : "wants a login",
        response.status,
        response.status == 401 ? "Unauthorized" : "Forbidden",
        why);
  } else if (response.status == 404) {
    answer.kind = RegistryAnswer::Kind::missing;
    answer.detail = fmt::format("registry {} does not have it", registry);
  } else {
    answer.detail = fmt::format(
        "registry {} answers {}{}", registry, response.status, registry_message(response.body));
  }
  return answer;
}

std::string platform_text(const json& platform) {
  if (!platform.is_object()) return {};
  const std::string os = platform.value("os", ""), machine = platform.value("architecture", "");
  const std::string variant = platform.value("variant", "");
  if (os.empty() || os == "unknown") return {};
  return fmt::format("{}/{}{}{}", os, machine, variant.empty() ? "" : "/", variant);
}

/// Size and platforms of a manifest or of everything in an index.
class ManifestReader {
 public:
  ManifestReader(Session& session, const ImageReference& reference, ManifestFacts& facts)
      : session_(session), reference_(reference), facts_(facts) {}

  void read(const json& manifest) {
    if (manifest.contains("manifests") && manifest["manifests"].is_array()) {
      read_index(manifest["manifests"]);
    } else {
      add_size(manifest);
      add_platform_of_configuration(manifest);
    }
  }

 private:
  void read_index(const json& entries) {
    for (std::size_t i = 0; i < entries.size() && i < most_platforms; ++i) {
      const json& entry = entries[i];
      if (!entry.is_object()) continue;
      // "unknown/unknown" entries are attestations, not images.
      if (const json* platform = find(entry, "platform")) {
        const std::string text = platform_text(*platform);
        if (!text.empty()) facts_.platforms.push_back(text);
      }
      if (const json* digest = find(entry, "digest"); digest && digest->is_string()) {
        add_size(get("manifests/" + digest->get<std::string>(), manifest_types));
      }
    }
  }

  static const json* find(const json& object, const char* name) {
    const auto found = object.find(name);
    return found == object.end() ? nullptr : &*found;
  }

  void add_size(const json& manifest) {
    if (!manifest.is_object()) return;
    const auto add = [this](const json& descriptor) {
      const json* size = descriptor.is_object() ? find(descriptor, "size") : nullptr;
      if (size && size->is_number_unsigned()) facts_.size += size->get<std::uint64_t>();
    };
    if (const json* configuration = find(manifest, "config")) add(*configuration);
    if (const json* layers = find(manifest, "layers"); layers && layers->is_array()) {
      for (const json& layer : *layers) add(layer);
    }
  }

  void add_platform_of_configuration(const json& manifest) {
    const json* configuration = find(manifest, "config");
    if (!configuration || !configuration->is_object()) return;
    const std::string digest = configuration->value("digest", "");
    if (digest.empty()) return;
    facts_.configuration = digest;
    const std::string text = platform_text(get("blobs/" + digest, nullptr));
    if (!text.empty()) facts_.platforms.push_back(text);
  }

  json get(const std::string& path, const char* accept) {
    const auto response =
        session_.get(fmt::format("{}/{}", reference_.repository, path), "", accept);
    return response.status == 200 ? json::parse(response.body, nullptr, false) : json();
  }

  Session& session_;
  const ImageReference& reference_;
  ManifestFacts& facts_;
};

}  // namespace

RegistryAnswer look_up(const ImageReference& reference, const CredentialSource& credentials) {
  Session session(reference.registry, credentials ? credentials(reference.registry) : std::nullopt);
  const std::string name = reference.digest.empty() ? reference.tag : reference.digest;
  const HttpResponse response = session.get(
      fmt::format("{}/manifests/{}", reference.repository, name),
      fmt::format("repository:{}:pull", reference.repository),
      manifest_types);
  if (response.status != 200) return failed_answer(session, response);
  RegistryAnswer answer;
  answer.kind = RegistryAnswer::Kind::found;
  answer.manifest.digest = sha256(response.body);
  const auto type = response.headers.find("content-type");
  if (type != response.headers.end()) answer.manifest.media_type = type->second;
  const json manifest = json::parse(response.body, nullptr, false);
  if (!manifest.is_object()) {
    answer.kind = RegistryAnswer::Kind::other;
    answer.detail = fmt::format("registry {} answers with no manifest", reference.registry);
    return answer;
  }
  try {
    ManifestReader(session, reference, answer.manifest).read(manifest);
  } catch (const json::exception&) {
    // Size and platforms are for people; what a manifest says wrongly about them changes nothing.
  }
  return answer;
}

RegistryAnswer check_access(
    const std::string& registry,
    const std::optional<Credentials>& credentials,
    const std::string& repository) {
  Session session(registry, credentials);
  const HttpResponse response =
      session.get("", repository.empty() ? "" : fmt::format("repository:{}:pull,push", repository));
  if (response.status != 200) return failed_answer(session, response);
  RegistryAnswer answer;
  answer.kind = RegistryAnswer::Kind::found;
  return answer;
}

}  // namespace crun::executor
