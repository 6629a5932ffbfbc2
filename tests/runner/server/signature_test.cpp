#include "runner/server/signature.hpp"

#include "tests/catch.hpp"

using crun::runner::signature_matches;

namespace {

// The example of GitHub's documentation of webhooks.
const std::string secret = "It's a Secret to Everybody";
const std::string body = "Hello, World!";
const std::string right = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";

}  // namespace

TEST_CASE("signature: the one made with the secret matches", "[server]") {
  CHECK(signature_matches(secret, body, right));
}

TEST_CASE("signature: everything else is refused", "[server]") {
  CHECK_FALSE(signature_matches("another", body, right));
  CHECK_FALSE(signature_matches(secret, body + " ", right));
  CHECK_FALSE(signature_matches(secret, body, ""));
  CHECK_FALSE(signature_matches(secret, body, "sha256="));
  CHECK_FALSE(signature_matches(secret, body, right.substr(7)));
  CHECK_FALSE(signature_matches(secret, body, right.substr(0, right.size() - 1)));
  CHECK_FALSE(signature_matches(secret, body, right + "00"));
  CHECK_FALSE(signature_matches(secret, body, "sha1=" + right.substr(7)));
}

TEST_CASE("signature: an empty secret matches nothing, not even its own signature", "[server]") {
  // HMAC-SHA-256 of nothing with an empty key.
  CHECK_FALSE(signature_matches(
      "", "", "sha256=b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad"));
}
