// SSH, whose library a libgit2 that is linked in loads with the first session.
#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>

#include <unistd.h>

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/lsan_interface.h>
#endif

#include "executor/git/mirror.hpp"
#include "tests/catch.hpp"

using namespace crun::executor;
namespace fs = std::filesystem;

namespace {

/// A server of this user's own, that knows one key; its agent holds that key.
class SshServer {
 public:
  explicit SshServer(const fs::path& folder) : folder_(folder) {
    fs::create_directories(folder / "home/.ssh");
    started_ = run(R"sh(
      ssh-keygen -q -t ed25519 -N '' -f host && ssh-keygen -q -t ed25519 -N '' -f key
      cp key.pub known-keys
      git init -q repository && cd repository
      git -c user.name=a -c user.email=a@b commit -q --allow-empty -m one && cd ..
      if [ "$(id -u)" = 0 ]; then mkdir -p /run/sshd; fi
      for port in 42221 42222 42223; do
        printf '%s\n' "Port $port" 'ListenAddress 127.0.0.1' "HostKey $PWD/host" 'StrictModes no' \
          "AuthorizedKeysFile $PWD/known-keys" "PidFile $PWD/pid" 'UsePAM no' >settings
        /usr/sbin/sshd -f "$PWD/settings" -E "$PWD/log" || continue
        for i in 1 2 3 4 5 6 7 8 9 10; do [ -s pid ] && break; sleep 0.1; done
        [ -s pid ] || continue
        printf '%s' "$port" >port
        printf '[127.0.0.1]:%s %s\n' "$port" "$(cat host.pub)" >home/.ssh/known_hosts
        break
      done
      [ -s port ] && ssh-agent -a "$PWD/agent" >agent-log && SSH_AUTH_SOCK=$PWD/agent ssh-add -q key
    )sh");
  }
  ~SshServer() {
    // They remove files of their own when they end.
    run(R"sh(
      both="$(cat pid) $(sed -n 's/.*AGENT_PID=\([0-9]*\);.*/\1/p' agent-log)"
      kill $both
      for i in 1 2 3 4 5 6 7 8 9 10; do kill -0 $both || break; sleep 0.1; done
    )sh");
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
  }

  bool started() const { return started_; }
  std::string url() const {
    std::array<char, 8> port{};
    if (auto* file = std::fopen((folder_ / "port").c_str(), "r")) {
      if (!std::fgets(port.data(), port.size(), file)) port[0] = 0;
      std::fclose(file);
    }
    const char* user = std::getenv("USER");
    const std::string name = ::getuid() == 0 ? "root" : user ? user : "";
    return "ssh://" + name + "@127.0.0.1:" + port.data() + (folder_ / "repository").string();
  }

 private:
  bool run(const std::string& script) const {
    const auto file = folder_ / "script";
    if (auto* out = std::fopen(file.c_str(), "w")) {
      std::fputs(("cd " + folder_.string() + "\n" + script + "\n").c_str(), out);
      std::fclose(out);
    }
    return std::system(("sh " + file.string() + " >/dev/null 2>&1").c_str()) == 0;
  }

  fs::path folder_;
  bool started_ = false;
};

}  // namespace

TEST_CASE("remote: a repository is fetched over ssh, with a key of the user's agent", "[git]") {
  if (::access("/usr/sbin/sshd", X_OK) != 0) {
    WARN("skipped: no sshd here (openssh-server)");
    return;
  }
  const auto folder = fs::temp_directory_path() / ("crun-ssh-" + std::to_string(::getpid()));
  const SshServer server(folder);
  REQUIRE(server.started());
  const std::string home = std::getenv("HOME") ? std::getenv("HOME") : "";
  ::setenv("HOME", (folder / "home").c_str(), 1);  // of the hosts that are known
  ::setenv("SSH_AUTH_SOCK", (folder / "agent").c_str(), 1);
  const git::Mirror mirror(folder / "mirror", server.url());
  mirror.open();
  std::string trouble;
  try {
#ifdef __SANITIZE_ADDRESS__
    const __lsan::ScopedDisabler keeps;  // libgit2 1.5 keeps each session's list of known hosts
#endif
    CHECK(mirror.look().size() == 1);
  } catch (const std::exception& error) {
    trouble = error.what();
  }
  CHECK(trouble.empty());
  ::unsetenv("SSH_AUTH_SOCK");
  ::setenv("HOME", home.c_str(), 1);
}
