#include "runner/config/paths.hpp"

#include <cstdlib>
#include <optional>
#include <string>

#include <pwd.h>
#include <unistd.h>

#include "executor/error.hpp"
#include "tests/catch.hpp"
#include "tests/scratch_repository.hpp"

using crun::runner::standard_paths;

namespace {

/// A variable of this process as it is for one test; without a value it is not set.
class Variable {
 public:
  Variable(const char* name, const char* value) : name_(name) {
    if (const char* before = std::getenv(name)) before_ = before;
    value != nullptr ? ::setenv(name, value, 1) : ::unsetenv(name);
  }
  ~Variable() { before_ ? ::setenv(name_, before_->c_str(), 1) : ::unsetenv(name_); }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;

 private:
  const char* name_;
  std::optional<std::string> before_;
};

}  // namespace

TEST_CASE("paths: without HOME the user's home is known to the machine", "[config]") {
  const Variable home("HOME", nullptr), cache("XDG_CACHE_HOME", nullptr);
  const Variable state("XDG_STATE_HOME", nullptr);
  const auto* user = ::getpwuid(::geteuid());
  if (user == nullptr) {
    WARN("skipped: this user has no home");
    return;
  }
  const auto paths = standard_paths();
  CHECK(paths.cache == std::string(user->pw_dir) + "/.cache/crun");
  CHECK(paths.state == std::string(user->pw_dir) + "/.local/state/crun");
}

TEST_CASE("paths: a cache that another user has made is refused", "[config]") {
  if (::geteuid() != 0) {
    WARN("skipped: nobody else can be played");
    return;
  }
  const crun::tests::ScratchFolder folder;
  const auto cache = folder.path() / "crun";
  const Variable variable("XDG_CACHE_HOME", folder.path().c_str()), sudo("SUDO_UID", nullptr);
  std::filesystem::create_directory(cache);
  CHECK(standard_paths().cache == cache);
  REQUIRE(::chown(cache.c_str(), 12345, 12345) == 0);
  CHECK_THROWS_AS(standard_paths(), crun::executor::Error);
  // Who has become root to run it is the same person.
  const Variable caller("SUDO_UID", "12345");
  CHECK(standard_paths().cache == cache);
}
