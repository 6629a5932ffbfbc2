// What the URL of a remote tells: host, owner and name, as GitHub, Gitea and others lay them out.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace crun::executor::git {

struct RemoteName {
  std::string server;  // "https://github.com"
  std::string owner;   // "octocat"
  std::string name;    // "hello-world"
};

/// Of https, ssh and scp-like URLs; nothing for local paths and file://.
std::optional<RemoteName> remote_name(std::string_view url);

/// The URL without user and password: a token in a URL must not be copied into a workspace. The
/// user of ssh is no secret and stays.
std::string without_credentials(std::string_view url);

}  // namespace crun::executor::git
