#include "executor/builtin/pins.hpp"

#include <algorithm>

#include "executor/builtin/builtin.hpp"
#include "tests/catch.hpp"

using namespace crun::executor::builtin;

TEST_CASE("pins: a commit is known by its tag, its most exact one", "[builtin]") {
  CHECK(
      resolve_version("docker/setup-buildx-action", "988b5a0280414f521da01fcc63a27aeeb4b104db") ==
      "v3.6.1");
  CHECK(resolve_version("Docker/Login-Action", "v3.3.0") == "v3.3.0");
}

TEST_CASE("pins: a major tag names the newest release it stands for", "[builtin]") {
  const auto version = resolve_version("actions/checkout", "v4");
  REQUIRE(version);
  CHECK(Version::parse(*version).major == 4);
  CHECK(Version::parse(*version) > Version{4, 0, 0});
}

TEST_CASE("pins: tags that do not exist are nothing, unknown commits the newest", "[builtin]") {
  CHECK_FALSE(resolve_version("actions/checkout", "4.2.2"));
  CHECK_FALSE(resolve_version("nobody/nothing", "v1"));
  const std::string commit(40, 'a');
  CHECK(resolve_version("actions/checkout", commit) == pins_of("actions/checkout").front().tag);
  CHECK_FALSE(is_known_ref("actions/checkout", commit));
  CHECK(is_known_ref("actions/checkout", "v4.2.2"));
}

TEST_CASE("pins: every built-in is in the table, with whole commits", "[builtin]") {
  for (const Builtin& builtin : builtins()) {
    const auto pins = pins_of(builtin.repository);
    INFO(builtin.repository);
    CHECK(pins.size() > 10);
    CHECK(std::all_of(pins.begin(), pins.end(), [](const auto& pin) {
      return pin.commit.size() == 40 && !pin.tag.empty();
    }));
  }
}
