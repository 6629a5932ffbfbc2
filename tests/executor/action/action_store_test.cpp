// Actions of a server that is a folder of bare repositories.

#include "executor/action/action_store.hpp"

#include <thread>

#include <fcntl.h>
#include <sys/file.h>

#include "executor/error.hpp"
#include "executor/process/fd.hpp"
#include "tests/catch.hpp"
#include "tests/http_stub.hpp"
#include "tests/scratch_repository.hpp"

using namespace crun::executor;
using crun::tests::read_text;
using crun::tests::ScratchRepository;

namespace {

/// A repository owner/tool, served from a folder beside it.
struct Server {
  ScratchRepository source{
      "echo one > file; git add -A; git commit -qm 1; git tag v1; git checkout -q -b next; "
      "echo two > file; git commit -qam 2"};
  ActionSettings settings;

  Server() {
    publish();
    settings.server_url = "file://" + source.beside("server").string();
    settings.cache = source.beside("cache");
  }
  void publish() const {
    source.run("rm -rf ../server/owner/tool.git; git clone -q --bare . ../server/owner/tool.git");
  }
  void stop() const { source.run("rm -rf ../server"); }

  std::string file(const std::string& uses) const {
    ActionStore store(settings);  // a run of its own
    return read_text(store.repository(*ActionReference::parse(uses)) / "file");
  }
};

}  // namespace

TEST_CASE("action store: a tag, a branch and a commit each give their files", "[action]") {
  const Server server;
  CHECK(server.file("owner/tool@v1") == "one\n");
  CHECK(server.file("owner/tool@next") == "two\n");
  CHECK(server.file("owner/tool@" + server.source.id("next")) == "two\n");
  CHECK_THROWS_AS(server.file("owner/tool@v9"), Error);
  CHECK_THROWS_AS(server.file("owner/other@v1"), Error);
}

TEST_CASE("action store: no tag takes the place of the commit that it is called like", "[action]") {
  const Server server;
  const auto pinned = server.source.id("v1");
  server.source.run("git tag " + pinned + " next");
  server.publish();
  CHECK(server.file("owner/tool@" + pinned) == "one\n");
}

TEST_CASE("action store: what was fetched is for its user alone", "[action]") {
  const Server server;
  server.file("owner/tool@v1");
  const auto mode = std::filesystem::status(server.settings.cache).permissions();
  CHECK((mode & std::filesystem::perms::mask) == std::filesystem::perms::owner_all);
}

TEST_CASE("action store: a tag that moved is seen by the next run, but not offline", "[action]") {
  Server server;
  CHECK(server.file("owner/tool@v1") == "one\n");
  server.source.run("git tag -f v1 next");
  server.publish();
  server.settings.offline = true;
  CHECK(server.file("owner/tool@v1") == "one\n");
  server.settings.offline = false;
  CHECK(server.file("owner/tool@v1") == "two\n");
}

TEST_CASE(
    "action store: offline gives what was fetched before, and names what was not", "[action]") {
  Server server;
  const auto commit = server.source.id("v1");
  CHECK(server.file("owner/tool@v1") == "one\n");
  server.stop();
  CHECK(server.file("owner/tool@" + commit) == "one\n");  // a commit never changes
  CHECK_THROWS_AS(server.file("owner/tool@v1"), Error);
  server.settings.offline = true;
  CHECK(server.file("owner/tool@v1") == "one\n");
  CHECK_THROWS_WITH(
      server.file("owner/other@v7"), Catch::Matchers::StartsWith("owner/other@v7 is not in the"));
}

TEST_CASE("action store: what was asked for before does not wait for a fetch", "[action]") {
  const Server server;
  ActionStore store(server.settings);
  const auto tool = *ActionReference::parse("owner/tool@v1");
  const auto folder = store.repository(tool);
  // As if another run were fetching owner/other.
  const auto lock = folder.parent_path().parent_path() / "other.git.lock";
  const Fd held(::open(lock.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  REQUIRE(::flock(held.get(), LOCK_EX) == 0);
  std::string trouble;
  std::thread waiting([&] {
    try {
      store.repository(*ActionReference::parse("owner/other@v1"));
    } catch (const Error& error) {
      trouble = error.what();
    }
  });
  CHECK(store.repository(tool) == folder);
  store.stop();
  waiting.join();
  CHECK_THAT(trouble, Catch::Matchers::EndsWith("waiting for another run's fetch was stopped"));
}

TEST_CASE("action store: an override is for exactly what it names", "[action]") {
  ActionSettings settings;
  settings.overrides["owner/tool@v1"] = "/mine";
  settings.overrides["owner/tool/deep@v1"] = "/deep";
  const ActionStore store(settings);
  const auto found = [&](const char* uses) {
    return store.override_of(*ActionReference::parse(uses)).value_or("none");
  };
  CHECK(found("owner/tool@v1") == "/mine");
  CHECK(found("owner/tool/deep@v1") == "/deep");
  CHECK(found("owner/tool/other@v1") == "none");
  CHECK(found("owner/tool@v2") == "none");
}

TEST_CASE(
    "action store: a private repository gets the token, once, and no other server", "[action]") {
  using crun::tests::StubAnswer;
  using crun::tests::StubRequest;
  std::vector<std::string> given;
  const crun::tests::HttpStub server([&](const StubRequest& request) -> StubAnswer {
    const auto header = request.headers.find("authorization");
    given.push_back(header == request.headers.end() ? "" : header->second);
    return {401, "", {{"WWW-Authenticate", "Basic realm=\"git\""}}};
  });
  const crun::tests::ScratchFolder cache;
  ActionSettings settings;
  settings.server_url = "http://" + server.host();
  settings.cache = cache.path();
  settings.token = "sesame";
  ActionStore store(settings);
  CHECK_THROWS_AS(store.repository(*ActionReference::parse("owner/secret@v1")), Error);
  // base64 of x-access-token:sesame
  CHECK(given == std::vector<std::string>{"", "Basic eC1hY2Nlc3MtdG9rZW46c2VzYW1l"});
  CHECK(crun::tests::shell(cache.path(), "grep -r sesame . || true").out == "");
}
