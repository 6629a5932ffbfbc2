#include "executor/files/sha256.hpp"

#include <cassert>
#include <cerrno>
#include <climits>

#include <fcntl.h>
#include <unistd.h>

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "executor/error.hpp"
#include "executor/process/fd.hpp"

namespace crun::executor {

struct Sha256::Impl {
  Impl() { EVP_DigestInit_ex(context, EVP_sha256(), nullptr); }
  ~Impl() { EVP_MD_CTX_free(context); }

  EVP_MD_CTX* context = EVP_MD_CTX_new();
};

Sha256::Sha256() : impl_(std::make_unique<Impl>()) {}
Sha256::~Sha256() = default;

void Sha256::add(const void* bytes, std::size_t size) {
  EVP_DigestUpdate(impl_->context, bytes, size);
}

Sha256Digest Sha256::finish() {
  Sha256Digest digest{};
  EVP_DigestFinal_ex(impl_->context, digest.data(), nullptr);
  return digest;
}

Sha256Digest sha256_of_file(const std::filesystem::path& path) {
  auto fail = [&] {
    throw Error("cannot read " + path.string() + ": " + system_error_text(errno));
  };
  // Not blocking: in place of a file may lie a pipe.
  Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!file) fail();
  Sha256 hash;
  std::array<char, 65536> bytes;
  while (ssize_t size = ::read(file.get(), bytes.data(), bytes.size())) {
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) fail();
    hash.add(bytes.data(), static_cast<std::size_t>(size));
  }
  return hash.finish();
}

Sha256Digest hmac_sha256(std::string_view secret, std::string_view bytes) {
  assert(secret.size() <= INT_MAX);
  Sha256Digest digest{};
  const auto* made = ::HMAC(
      ::EVP_sha256(),
      secret.data(),
      static_cast<int>(secret.size()),
      reinterpret_cast<const unsigned char*>(bytes.data()),
      bytes.size(),
      digest.data(),
      nullptr);
  if (made == nullptr) throw Error("cannot make an HMAC-SHA-256");
  return digest;
}

std::string to_hex(const Sha256Digest& digest) {
  constexpr char digits[] = "0123456789abcdef";
  std::string text;
  for (unsigned char byte : digest) {
    text += digits[byte >> 4];
    text += digits[byte & 15];
  }
  return text;
}

}  // namespace crun::executor
