#include "executor/job/container_options.hpp"

#include "tests/catch.hpp"

using Catch::Matchers::Contains;
using crun::executor::check_options;
using crun::executor::split_options;
using Words = std::vector<std::string>;

TEST_CASE(
    "container options: words are split as a command line's, and nothing is expanded", "[job]") {
  CHECK(
      split_options("--cpus 0.5  --hostname \"my host\"") ==
      Words{"--cpus", "0.5", "--hostname", "my host"});
  CHECK(
      split_options("--health-cmd='pg_isready -U \"me\"'") ==
      Words{"--health-cmd=pg_isready -U \"me\""});
  CHECK(split_options("-e A=\\$HOME -e B=$(id)") == Words{"-e", "A=$HOME", "-e", "B=$(id)"});
  CHECK(split_options("-e \"A=\\d+ \\\"x\\\"\"") == Words{"-e", "A=\\d+ \"x\""});
  CHECK(split_options("-e ''") == Words{"-e", ""});
  CHECK(split_options("\n ").empty());
  CHECK_THROWS_WITH(split_options("--hostname \"open"), Contains("not closed"));
}

TEST_CASE(
    "container options: what would take the container from crun is refused by name", "[job]") {
  for (const char* text :
       {"--network host",
        "--net=host",
        "--entrypoint sh",
        "--detach",
        "-d",
        "--rm",
        "--tty",
        "--restart always",
        "--cidfile /tmp/x",
        "--pull always",
        "--privilegd"}) {
    INFO(text);
    CHECK_THROWS_WITH(check_options(text), Contains("is not allowed"));
  }
  CHECK_THROWS_WITH(check_options("alpine"), Contains("belongs to no option"));
  CHECK_THROWS_WITH(check_options("--cpus 1 sh"), Contains("'sh' belongs to no option"));
  CHECK_THROWS_WITH(check_options("--cpus"), Contains("has no value"));
}

TEST_CASE("container options: values are never taken for options", "[job]") {
  CHECK(check_options("--health-cmd --network") == Words{"--health-cmd", "--network"});
  CHECK(check_options("--user=1000:1000 -p8080:80 --privileged -v a:/b:ro").size() == 5);
}
