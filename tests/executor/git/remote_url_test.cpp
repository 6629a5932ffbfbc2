#include "executor/git/remote_url.hpp"

#include "tests/catch.hpp"

using crun::executor::git::remote_name;
using crun::executor::git::without_credentials;

TEST_CASE("remote url: server, owner and name", "[git]") {
  const auto name_of = [](const char* url) {
    const auto name = remote_name(url);
    return name ? name->server + " " + name->owner + " " + name->name : "none";
  };
  CHECK(
      name_of("https://github.com/octocat/hello-world") ==
      "https://github.com octocat hello-world");
  CHECK(
      name_of("https://github.com/octocat/hello-world.git/") ==
      "https://github.com octocat hello-world");
  CHECK(name_of("https://u:p@git.example.com:3000/a/b.git") == "https://git.example.com:3000 a b");
  CHECK(name_of("http://localhost:3000/a/b") == "http://localhost:3000 a b");
  CHECK(
      name_of("git@github.com:octocat/hello.world.git") ==
      "https://github.com octocat hello.world");
  CHECK(name_of("ssh://git@git.example.com:2222/a/b.git") == "https://git.example.com a b");
  CHECK(
      name_of("https://gitlab.example.com/group/sub/name.git") ==
      "https://gitlab.example.com sub name");
  CHECK(name_of("git@work:a/b.git") == "https://github.com a b");
  CHECK(name_of("file:///srv/git/thing.git") == "none");
  CHECK(name_of("/srv/git/thing.git") == "none");
  CHECK(name_of("../thing.git") == "none");
  CHECK(name_of("https://github.com/alone") == "none");
  CHECK(name_of("") == "none");
}

TEST_CASE("remote url: credentials are taken out", "[git]") {
  CHECK(without_credentials("https://x:token@github.com/a/b") == "https://github.com/a/b");
  CHECK(without_credentials("https://token@github.com/a/b@c") == "https://github.com/a/b@c");
  CHECK(without_credentials("https://github.com/a/b@c") == "https://github.com/a/b@c");
  CHECK(without_credentials("git@github.com:a/b.git") == "git@github.com:a/b.git");
  CHECK(without_credentials("https://host") == "https://host");
}
