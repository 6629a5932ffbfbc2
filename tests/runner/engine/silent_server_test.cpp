// Servers that accept a connection and then say nothing: no run and no service may wait for ever.
#include <chrono>
#include <csignal>
#include <mutex>
#include <string>
#include <thread>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "executor/error.hpp"
#include "executor/git/remote_program.hpp"
#include "executor/process/fd.hpp"
#include "tests/catch.hpp"
#include "tests/http_stub.hpp"
#include "tests/runner/cli/called_program.hpp"

using namespace crun;
using Catch::Matchers::ContainsSubstring;
using executor::git::RemoteProgram;
using namespace std::chrono_literals;

namespace {

/// Connections are made by the kernel and never taken.
class SilentServer {
 public:
  SilentServer() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* place = reinterpret_cast<sockaddr*>(&address);
    REQUIRE(::bind(socket_.get(), place, size) == 0);
    REQUIRE(::listen(socket_.get(), 16) == 0);
    REQUIRE(::getsockname(socket_.get(), place, &size) == 0);
    url_ = "http://127.0.0.1:" + std::to_string(ntohs(address.sin_port));
  }

  const std::string& url() const { return url_; }

 private:
  executor::Fd socket_;
  std::string url_;
};

const char* with_remote_action = R"(on: push
jobs:
  one:
    runs-on: ubuntu-latest
    timeout-minutes: 0.02
    steps:
      - uses: some/action@v1
)";

}  // namespace

TEST_CASE("silent server: a look ends when it has said nothing for too long", "[engine]") {
  const SilentServer server;
  const RemoteProgram program(CRUN_PROGRAM, 200ms);
  CHECK_THROWS_WITH(
      program.look({server.url() + "/some/action.git"}),
      server.url() + "/some/action.git said nothing for 0.2 s");
}

TEST_CASE("silent server: a look ends when it is stopped", "[engine]") {
  const SilentServer server;
  const RemoteProgram program(CRUN_PROGRAM);
  std::thread impatient([&] {
    std::this_thread::sleep_for(100ms);
    program.stop();
  });
  CHECK_THROWS_WITH(program.look({server.url()}), ContainsSubstring("was stopped"));
  impatient.join();
  CHECK(program.stopped());
}

TEST_CASE("silent server: a job that waits for an action ends at its time limit", "[engine]") {
  const SilentServer server;
  const tests::CalledProgram program(with_remote_action);
  const auto called = program.run({"-P", "ubuntu-latest=host", "--server-url", server.url()});
  CHECK(called.conclusion("one") == "cancelled");
  CHECK(called.events.back()["conclusion"] == "cancelled");
  CHECK(called.code == 1);
  CHECK(program.leftovers() == "");
}

TEST_CASE(
    "remote program: the answer of a server comes through, and only it gets the token",
    "[engine]") {
  std::mutex guard;  // the server has a thread of its own
  std::vector<std::string> given;
  const tests::HttpStub server([&](const tests::StubRequest& request) -> tests::StubAnswer {
    const std::scoped_lock lock(guard);
    const auto header = request.headers.find("authorization");
    given.push_back(header == request.headers.end() ? "" : header->second);
    return {401, "", {{"WWW-Authenticate", "Basic realm=\"git\""}}};
  });
  const auto url = "http://" + server.host();
  const RemoteProgram program(CRUN_PROGRAM);
  CHECK_THROWS_WITH(
      program.look({url + "/owner/secret.git", "sesame", url}),
      ContainsSubstring("cannot reach " + url + "/owner/secret.git: "));
  const std::scoped_lock lock(guard);
  // base64 of x-access-token:sesame
  CHECK(given == std::vector<std::string>{"", "Basic eC1hY2Nlc3MtdG9rZW46c2VzYW1l"});
}

TEST_CASE("remote program: a repository is fetched as it is in this process", "[engine]") {
  const tests::ScratchRepository source(
      "echo one > file; git add -A; git commit -qm 1; git tag v1");
  const auto mirror = source.beside("mirror");
  source.run("git init -q --bare ../mirror");
  const RemoteProgram program(CRUN_PROGRAM);
  const executor::git::Remote remote{"file://" + source.path().string()};
  program.fetch(mirror, remote);
  CHECK(program.look(remote) == executor::git::refs_of(mirror));
  CHECK(program.look(remote).contains("refs/tags/v1"));
}

TEST_CASE(
    "remote program: what is on the network is told from what is on this machine", "[engine]") {
  for (const char* url :
       {"https://host/a/b", "http://127.0.0.1:1/a", "git@host:a/b", "ssh://host/a"}) {
    CHECK(executor::git::is_on_network(url));
  }
  for (const char* url : {"/a/b", "file:///a/b", "../b", "./with:colon"}) {
    CHECK_FALSE(executor::git::is_on_network(url));
  }
}
