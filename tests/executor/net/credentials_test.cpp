#include "executor/net/credentials.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>

#include <sys/stat.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <nlohmann/json.hpp>

#include "executor/error.hpp"
#include "executor/process/command.hpp"
#include "tests/catch.hpp"

using namespace crun::executor;
namespace asio = boost::asio;
namespace fs = std::filesystem;

namespace {

/// A folder with a name too long for a socket's address.
struct Ground {
  fs::path root, folder;
  asio::io_context loop;

  Ground() {
    std::string pattern = (fs::temp_directory_path() / "credentials-XXXXXX").string();
    root = ::mkdtemp(pattern.data());
    folder = root / std::string(120, 'x');
    fs::create_directory(folder);
  }
  ~Ground() {
    ::unsetenv("CRUN_CREDENTIALS");
    fs::remove_all(root);
  }
};

/// Runs the loop beside the test; to be made after the store, which belongs to the loop's thread,
/// and so gone before it.
struct RunningLoop {
  asio::io_context& loop;
  asio::executor_work_guard<asio::io_context::executor_type> work{loop.get_executor()};
  std::thread thread{[this] { loop.run(); }};

  explicit RunningLoop(Ground& ground) : loop(ground.loop) {}
  ~RunningLoop() {
    loop.stop();
    thread.join();
  }
};

/// The helper as docker calls it, with the payload on stdin; played by this very process.
struct Answer {
  int code;
  std::string text;
};

Answer helper(const std::string& verb, const std::string& payload) {
  const fs::path input = fs::temp_directory_path() / "credentials-test-input";
  const fs::path output = fs::temp_directory_path() / "credentials-test-output";
  std::ofstream(input) << payload;
  std::FILE* in = std::freopen(input.c_str(), "r", stdin);
  std::fflush(stdout);
  const int kept = ::dup(1);
  std::FILE* out = std::freopen(output.c_str(), "w", stdout);
  REQUIRE(in);
  REQUIRE(out);
  const int code = run_credential_helper(verb);
  std::fflush(stdout);
  ::dup2(kept, 1);
  ::close(kept);
  std::ifstream file(output);
  const std::string text(std::istreambuf_iterator<char>(file), {});
  return {code, text};
}

}  // namespace

TEST_CASE("credentials: docker's helper stores, gets, lists and erases", "[net]") {
  Ground ground;
  std::string registered;
  CredentialStore store(
      ground.loop.get_executor(), ground.folder / "socket", [&registered](std::string_view secret) {
        registered = secret;
      });
  ::setenv("CRUN_CREDENTIALS", store.socket().c_str(), 1);
  const RunningLoop running(ground);

  const Answer stored =
      helper("store", R"({"ServerURL":"127.0.0.1:5002","Username":"ci","Secret":"s3cret-pw"})");
  CHECK(stored.code == 0);
  CHECK(registered == "s3cret-pw");
  const Answer got = helper("get", "127.0.0.1:5002\n");
  CHECK(got.code == 0);
  CHECK(nlohmann::json::parse(got.text)["Secret"] == "s3cret-pw");
  CHECK(nlohmann::json::parse(helper("list", "").text)["127.0.0.1:5002"] == "ci");
  const auto credentials = stored_credentials("127.0.0.1:5002");
  REQUIRE(credentials);
  CHECK(credentials->username == "ci");
  CHECK(helper("erase", "127.0.0.1:5002").code == 0);
  const Answer gone = helper("get", "127.0.0.1:5002");
  CHECK(gone.code == 1);
  // docker goes on without credentials only when it reads exactly this.
  CHECK(gone.text == "credentials not found in native keychain\n");
}

TEST_CASE("credentials: Docker Hub is found under docker's own name for it", "[net]") {
  Ground ground;
  CredentialStore store(ground.loop.get_executor(), ground.folder / "socket");
  ::setenv("CRUN_CREDENTIALS", store.socket().c_str(), 1);
  const RunningLoop running(ground);
  helper("store", R"({"ServerURL":"https://index.docker.io/v1/","Username":"u","Secret":"p"})");
  CHECK(stored_credentials("docker.io"));
  CHECK_FALSE(stored_credentials("ghcr.io"));
}

TEST_CASE("credentials: a registry logged in to with its scheme is found without it", "[net]") {
  Ground ground;
  CredentialStore store(ground.loop.get_executor(), ground.folder / "socket");
  ::setenv("CRUN_CREDENTIALS", store.socket().c_str(), 1);
  const RunningLoop running(ground);
  helper("store", R"({"ServerURL":"http://127.0.0.1:5002/","Username":"u","Secret":"p"})");
  CHECK(stored_credentials("127.0.0.1:5002"));
}

TEST_CASE("credentials: only the owner may open the socket, and it goes with the store", "[net]") {
  Ground ground;
  const fs::path socket = ground.folder / "socket";
  {
    const CredentialStore store(ground.loop.get_executor(), socket);
    struct stat info {};
    REQUIRE(::stat(socket.c_str(), &info) == 0);
    CHECK((info.st_mode & 0777) == 0600);
  }
  CHECK_FALSE(fs::exists(socket));
}

TEST_CASE("credentials: without a store there are none, and the helper says why", "[net]") {
  ::unsetenv("CRUN_CREDENTIALS");
  CHECK_FALSE(stored_credentials("docker.io"));
  const Answer answer = helper("get", "docker.io");
  CHECK(answer.code == 1);
  CHECK(answer.text.find("CRUN_CREDENTIALS") != std::string::npos);
}

TEST_CASE("credentials: the private configuration takes over settings, never passwords", "[net]") {
  Ground ground;
  const fs::path user = ground.root / "user", ours = ground.root / "ours";
  fs::create_directories(user / "contexts");
  std::ofstream(user / "config.json")
      << R"({"auths":{"ghcr.io":{"auth":"dTpw"}},"credsStore":"desktop","currentContext":"remote",)"
      << R"("proxies":{"default":{"httpProxy":"http://p"}}})";
  write_docker_config(ours, read_docker_config(user));
  std::ifstream file(ours / "config.json");
  const auto config = nlohmann::json::parse(file);
  CHECK(config["credsStore"] == "crun");
  CHECK_FALSE(config.contains("auths"));
  CHECK(config["currentContext"] == "remote");
  CHECK(config["proxies"]["default"]["httpProxy"] == "http://p");
  CHECK(config["cliPluginsExtraDirs"][0] == (user / "cli-plugins").string());
  CHECK(fs::read_symlink(ours / "contexts") == user / "contexts");
}
