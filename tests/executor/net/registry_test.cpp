#include "executor/net/registry.hpp"

#include <algorithm>

#include "tests/catch.hpp"
#include "tests/http_stub.hpp"

using namespace crun::executor;
using Catch::Matchers::ContainsSubstring;
using crun::tests::HttpStub;
using crun::tests::StubAnswer;
using crun::tests::StubRequest;
using Kind = RegistryAnswer::Kind;

namespace {

constexpr const char* image_manifest =
    R"({"config":{"digest":"sha256:c","size":100},"layers":[{"size":2000},{"size":3000}]})";

StubAnswer registry_without_login(const StubRequest& request) {
  if (request.target == "/v2/") return {200, "{}", {}};
  if (request.target == "/v2/team/app/manifests/one") {
    return {200, image_manifest, {{"Content-Type", "application/vnd.oci.image.manifest.v1+json"}}};
  }
  if (request.target == "/v2/team/app/blobs/sha256:c") {
    return {200, R"({"os":"linux","architecture":"arm64","variant":"v8"})", {}};
  }
  return {404, R"({"errors":[{"code":"MANIFEST_UNKNOWN","message":"manifest unknown"}]})", {}};
}

ImageReference reference(const HttpStub& stub, const std::string& name) {
  return *ImageReference::parse(stub.host() + "/" + name);
}

}  // namespace

TEST_CASE("registry: a tag is looked up with digest, size and platform", "[net]") {
  const HttpStub stub(registry_without_login);
  const RegistryAnswer answer = look_up(reference(stub, "team/app:one"), {});
  REQUIRE(answer.kind == Kind::found);
  CHECK(answer.manifest.size == 5100);
  CHECK(answer.manifest.platforms == std::vector<std::string>{"linux/arm64/v8"});
  CHECK(answer.manifest.configuration == "sha256:c");
  CHECK(answer.manifest.digest.size() == 71);
  CHECK(answer.manifest.media_type == "application/vnd.oci.image.manifest.v1+json");
}

TEST_CASE("registry: the digest is computed from the bytes, whatever a header says", "[net]") {
  const HttpStub stub([](const StubRequest&) {
    return StubAnswer{200, "{}", {{"Docker-Content-Digest", "sha256:lie"}}};
  });
  const RegistryAnswer answer = look_up(reference(stub, "a/b:1"), {});
  CHECK(
      answer.manifest.digest ==
      "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a");
}

TEST_CASE(
    "registry: an index counts its images and leaves attestations out of platforms", "[net]") {
  const HttpStub stub([](const StubRequest& request) -> StubAnswer {
    if (request.target.ends_with("/manifests/1")) {
      return {
          200,
          R"({"manifests":[{"digest":"sha256:i","platform":{"os":"linux","architecture":"amd64"}},
              {"digest":"sha256:a","platform":{"os":"unknown","architecture":"unknown"}}]})",
          {}};
    }
    return {200, image_manifest, {}};
  });
  const RegistryAnswer answer = look_up(reference(stub, "a/b:1"), {});
  CHECK(answer.manifest.platforms == std::vector<std::string>{"linux/amd64"});
  CHECK(answer.manifest.size == 2 * 5100);
}

TEST_CASE("registry: what is not there is missing, and says where", "[net]") {
  const HttpStub stub(registry_without_login);
  const RegistryAnswer answer = look_up(reference(stub, "team/app:two"), {});
  CHECK(answer.kind == Kind::missing);
  CHECK_THAT(answer.detail, ContainsSubstring(stub.host()));
}

TEST_CASE("registry: a wrong password is told apart from none, and never shown", "[net]") {
  const HttpStub stub([](const StubRequest& request) -> StubAnswer {
    const auto given = request.headers.find("authorization");
    // ci:right
    const bool good = given != request.headers.end() && given->second == "Basic Y2k6cmlnaHQ=";
    if (good) return {200, "{}", {}};
    return {401, "", {{"WWW-Authenticate", "Basic realm=\"test\""}}};
  });
  CHECK(check_access(stub.host(), Credentials{"ci", "right"}).kind == Kind::found);
  const RegistryAnswer wrong = check_access(stub.host(), Credentials{"ci", "wrong-pw"});
  CHECK(wrong.kind == Kind::unauthorized);
  CHECK_THAT(wrong.detail, ContainsSubstring("refuses the credentials: 401"));
  CHECK(wrong.detail.find("wrong-pw") == std::string::npos);
  CHECK_THAT(check_access(stub.host(), std::nullopt).detail, ContainsSubstring("wants a login"));
}

TEST_CASE("registry: a token is fetched from the realm with the scope that is needed", "[net]") {
  std::string host;
  const HttpStub stub([&host](const StubRequest& request) -> StubAnswer {
    if (request.target.starts_with("/token?")) return {200, R"({"token":"abc"})", {}};
    const auto given = request.headers.find("authorization");
    if (given != request.headers.end() && given->second == "Bearer abc") return {200, "{}", {}};
    const std::string challenge =
        "Bearer realm=\"http://" + host + "/token\",service=\"reg\",scope=\"repository:a/b:pull\"";
    return {401, "", {{"WWW-Authenticate", challenge}}};
  });
  host = stub.host();
  CHECK(check_access(host, std::nullopt, "a/b").kind == Kind::found);
  const auto hits = stub.hits();
  const bool asked =
      std::find(
          hits.begin(),
          hits.end(),
          "GET /token?service=reg&scope=repository%3Aa%2Fb%3Apull%2Cpush") != hits.end();
  CHECK(asked);
}

TEST_CASE("registry: a token service on another machine over plain HTTP is not trusted", "[net]") {
  const HttpStub stub([](const StubRequest&) -> StubAnswer {
    return {401, "", {{"WWW-Authenticate", "Bearer realm=\"ftp://evil/token\",service=\"x\""}}};
  });
  const RegistryAnswer answer = check_access(stub.host(), Credentials{"u", "p"});
  CHECK(answer.kind == Kind::unauthorized);
  CHECK_THAT(answer.detail, ContainsSubstring("ftp://evil/token"));
}

TEST_CASE("registry: one that is not there is named with its address", "[net]") {
  std::string host;
  {
    host = HttpStub([](const StubRequest&) { return StubAnswer{}; }).host();
  }
  const RegistryAnswer answer = check_access(host, std::nullopt);
  CHECK(answer.kind == Kind::unreachable);
  CHECK_THAT(answer.detail, ContainsSubstring(host) && ContainsSubstring("Connection refused"));
}
