// Certificates, which a libgit2 that is linked in reads only when it connects.
#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>

#include <unistd.h>

#include "executor/error.hpp"
#include "executor/git/mirror.hpp"
#include "tests/catch.hpp"

using namespace crun::executor;
namespace fs = std::filesystem;

TEST_CASE("remote: a server whose certificate no authority signed is refused", "[git]") {
  if (std::system("command -v openssl >/dev/null") != 0) {
    WARN("skipped: no openssl command here");
    return;
  }
  const auto folder = fs::temp_directory_path() / ("crun-trust-" + std::to_string(::getpid()));
  fs::create_directories(folder);
  const auto at = "cd " + folder.string() + " && ";
  REQUIRE(
      std::system((at + "openssl req -x509 -newkey rsa:2048 -nodes -keyout key -out certificate "
                        "-days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost "
                        "2>log")
                      .c_str()) == 0);
  // One connection, then it ends; never longer than 20 s.
  auto* server = ::popen(
      (at + "exec timeout 20 openssl s_server -accept 127.0.0.1:0 -www -naccept 1 -key key "
            "-cert certificate 2>log </dev/null")
          .c_str(),
      "r");
  REQUIRE(server != nullptr);
  std::array<char, 256> line{};
  std::string port;
  while (port.empty() && std::fgets(line.data(), line.size(), server)) {
    const std::string text = line.data();
    if (text.starts_with("ACCEPT 127.0.0.1:")) port = text.substr(text.rfind(':') + 1);
  }
  REQUIRE_FALSE(port.empty());
  port.pop_back();
  const git::Mirror mirror(folder / "mirror", "https://localhost:" + port + "/one/two.git");
  mirror.open();
  CHECK_THROWS_WITH(mirror.look(), Catch::Matchers::ContainsSubstring("certificate"));
  ::pclose(server);
  fs::remove_all(folder);
}
