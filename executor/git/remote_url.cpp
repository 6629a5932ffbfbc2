#include "executor/git/remote_url.hpp"

#include <vector>

namespace crun::executor::git {

namespace {

constexpr auto none = std::string_view::npos;

struct Parts {
  std::string_view scheme, host, path;
};

/// "user@host:path" is ssh, unless a slash comes before the colon.
std::optional<Parts> split(std::string_view url) {
  const auto scheme_end = url.find("://");
  if (scheme_end == none) {
    const auto colon = url.find(':');
    if (colon == none || url.find('/') < colon) return std::nullopt;
    auto host = url.substr(0, colon);
    host.remove_prefix(host.find('@') == none ? 0 : host.find('@') + 1);
    return Parts{"ssh", host, url.substr(colon + 1)};
  }
  const auto scheme = url.substr(0, scheme_end);
  const auto rest = url.substr(scheme_end + 3);
  if (scheme == "file" || rest.empty()) return std::nullopt;
  const auto slash = std::min(rest.find('/'), rest.size());
  auto host = rest.substr(0, slash);
  host.remove_prefix(host.rfind('@') == none ? 0 : host.rfind('@') + 1);
  return Parts{scheme, host, rest.substr(slash)};
}

}  // namespace

std::optional<RemoteName> remote_name(std::string_view url) {
  const auto parts = split(url);
  if (!parts) return std::nullopt;
  auto path = parts->path;
  while (path.ends_with('/')) path.remove_suffix(1);
  if (path.ends_with(".git")) path.remove_suffix(4);
  const auto last = path.rfind('/');
  if (last == none || last + 1 == path.size()) return std::nullopt;
  auto owner = path.substr(0, last);
  owner.remove_prefix(owner.rfind('/') == none ? 0 : owner.rfind('/') + 1);
  if (owner.empty() || parts->host.empty()) return std::nullopt;
  const bool web = parts->scheme == "http" || parts->scheme == "https";
  const auto host = web ? parts->host : parts->host.substr(0, parts->host.find(':'));
  auto server = (parts->scheme == "http" ? "http://" : "https://") + std::string(host);
  // A host without a dot is an alias of the user's ssh configuration: mostly for GitHub.
  if (!web && host.find('.') == none) server = "https://github.com";
  return RemoteName{server, std::string(owner), std::string(path.substr(last + 1))};
}

std::string without_credentials(std::string_view url) {
  if (!url.starts_with("http://") && !url.starts_with("https://")) return std::string(url);
  const auto host = url.find("://") + 3;
  const auto at = url.substr(0, url.find('/', host)).rfind('@');
  if (at == none || at < host) return std::string(url);
  return std::string(url.substr(0, host)) + std::string(url.substr(at + 1));
}

}  // namespace crun::executor::git
