#include <fmt/format.h>

#include "executor/builtin/metadata/pep440.hpp"
#include "executor/builtin/metadata/semver.hpp"
#include "tests/catch.hpp"
#include "tests/executor/builtin/recorded_rows.hpp"

using crun::executor::builtin::PythonVersion;
using crun::executor::builtin::SemanticVersion;
using crun::tests::recorded_rows;

namespace {

/// Identifiers as JavaScript has them: numbers are numbers.
nlohmann::json identifiers(const std::vector<std::string>& parts, bool numbers) {
  auto result = nlohmann::json::array();
  for (const std::string& part : parts) {
    const bool digits = part.find_first_not_of("0123456789") == std::string::npos;
    result.push_back(digits && numbers ? nlohmann::json(std::stol(part)) : nlohmann::json(part));
  }
  return result;
}

std::string clean(std::string_view text) {
  const auto version = PythonVersion::parse(text);
  return version ? version->clean : "none";
}

}  // namespace

TEST_CASE("semver: gives what the original gave", "[builtin]") {
  for (const auto& row : recorded_rows("semver")) {
    INFO(row.dump());
    const auto version = SemanticVersion::parse(row["input"].get<std::string>());
    REQUIRE(version.has_value() == !row["valid"].is_null());
    if (!version) continue;
    const nlohmann::json given = {
        {"raw", version->raw},
        {"version", version->version},
        {"major", std::stol(version->major)},
        {"minor", std::stol(version->minor)},
        {"patch", std::stol(version->patch)},
        {"prerelease", identifiers(version->prerelease, true)},
        {"build", identifiers(version->build, false)}};
    CHECK(given == row["parsed"]);
    CHECK(version->version == row["valid"]);
  }
}

TEST_CASE("semver: is strict about everything but a v and blanks", "[builtin]") {
  const auto version = SemanticVersion::parse(" v1.2.3-rc.1+build.5 ");
  REQUIRE(version);
  CHECK(version->version == "1.2.3-rc.1");
  CHECK(version->build == std::vector<std::string>{"build", "5"});
  for (const char* text :
       {"1.2",
        "V1.2.3",
        "=1.2.3",
        "1.2.3.4",
        "01.2.3",
        "1.2.3-",
        "1.2.3-01",
        "1.2.3-a..b",
        "x",
        "9007199254740992.0.0"}) {
    INFO(text);
    CHECK_FALSE(SemanticVersion::parse(text));
  }
}

TEST_CASE("pep440: gives what the original gave", "[builtin]") {
  for (const auto& row : recorded_rows("pep440")) {
    INFO(row.dump());
    const auto version = PythonVersion::parse(row["input"].get<std::string>());
    REQUIRE(version.has_value() == row["valid"].get<bool>());
    if (!version) continue;
    CHECK(version->clean == row["clean"]);
    CHECK(version->major() == fmt::format("{}", row["major"].get<long>()));
    CHECK(version->minor() == fmt::format("{}", row["minor"].get<long>()));
    CHECK(version->patch() == fmt::format("{}", row["patch"].get<long>()));
    CHECK(version->is_prerelease == row["is_prerelease"]);
    CHECK(version->is_postrelease == row["is_postrelease"]);
    CHECK(version->is_devrelease == row["is_devrelease"]);
  }
}

TEST_CASE("pep440: spellings have one normal form", "[builtin]") {
  CHECK(clean("v01.2.ALPHA_3") == "1.2a3");
  CHECK(clean("1.0-1") == "1.0.post1");
  CHECK(clean("1.0.rev.2-dev") == "1.0.post2.dev0");
  CHECK(clean("1!1.0preview1") == "1!1.0rc1");
  CHECK(clean("1.0+Ubuntu-01") == "1.0+ubuntu,1");
  CHECK(clean("1.0-") == "none");
  CHECK(clean("latest") == "none");
}
