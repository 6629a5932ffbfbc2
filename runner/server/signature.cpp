#include "runner/server/signature.hpp"

#include <array>
#include <climits>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "executor/files/sha256.hpp"

namespace crun::runner {

bool signature_matches(const std::string& secret, std::string_view body, std::string_view header) {
  constexpr std::string_view scheme = "sha256=";
  if (secret.empty() || secret.size() > INT_MAX || !header.starts_with(scheme)) return false;
  header.remove_prefix(scheme.size());

  executor::Sha256Digest digest{};
  const auto* made = ::HMAC(
      ::EVP_sha256(),
      secret.data(),
      static_cast<int>(secret.size()),
      reinterpret_cast<const unsigned char*>(body.data()),
      body.size(),
      digest.data(),
      nullptr);
  const auto wanted = executor::to_hex(digest);
  return made != nullptr && header.size() == wanted.size() &&
         ::CRYPTO_memcmp(header.data(), wanted.data(), wanted.size()) == 0;
}

}  // namespace crun::runner
