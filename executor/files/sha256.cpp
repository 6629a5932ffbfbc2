#include "executor/files/sha256.hpp"

#include <cerrno>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

// The plain functions: EVP brings all of OpenSSL with it, and the loader moves its tables whenever
// crun starts. They use the processor's instructions for it, as libsodium's do not.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/sha.h>
#include <sodium/crypto_auth_hmacsha256.h>

#include "executor/error.hpp"
#include "executor/process/fd.hpp"

#ifdef CRUN_CRYPTO_LINKED_IN
// Linked in, OpenSSL asks the processor what it can do before main() begins, and a virtual machine
// answers that slowly. The linker (`--wrap`, cmake/archives.cmake) sends that call here, and the
// first hash asks.
extern "C" void __real_OPENSSL_cpuid_setup();
extern "C" void __wrap_OPENSSL_cpuid_setup() {}
#endif

namespace crun::executor {

namespace {

void know_the_processor() {
#ifdef CRUN_CRYPTO_LINKED_IN
  [[maybe_unused]] static const bool known = (__real_OPENSSL_cpuid_setup(), true);
#endif
}

}  // namespace

struct Sha256::Impl {
  Impl() {
    know_the_processor();
    ::SHA256_Init(&context);
  }

  SHA256_CTX context;
};

Sha256::Sha256() : impl_(std::make_unique<Impl>()) {}
Sha256::~Sha256() = default;

void Sha256::add(const void* bytes, std::size_t size) {
  ::SHA256_Update(&impl_->context, bytes, size);
}

Sha256Digest Sha256::finish() {
  Sha256Digest digest{};
  ::SHA256_Final(digest.data(), &impl_->context);
  return digest;
}

Sha256Digest sha256_of(std::string_view bytes) {
  Sha256 hash;
  hash.add(bytes.data(), bytes.size());
  return hash.finish();
}

Sha256Digest sha256_of_file(
    const std::filesystem::path& path, std::chrono::steady_clock::time_point deadline) {
  auto fail = [&] {
    throw Error("cannot read " + path.string() + ": " + system_error_text(errno));
  };
  // Not blocking: in place of a file may lie a pipe, or a device that never ends.
  Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat info {};
  if (!file || ::fstat(file.get(), &info) != 0) fail();
  if (!S_ISREG(info.st_mode)) throw Error("cannot read " + path.string() + ": it is no file");
  Sha256 hash;
  std::array<char, 65536> bytes;
  while (ssize_t size = ::read(file.get(), bytes.data(), bytes.size())) {
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) fail();
    hash.add(bytes.data(), static_cast<std::size_t>(size));
    if (std::chrono::steady_clock::now() > deadline) {
      throw Error("cannot read " + path.string() + ": it takes too long");
    }
  }
  return hash.finish();
}

Sha256Digest hmac_sha256(std::string_view secret, std::string_view bytes) {
  Sha256Digest digest{};
  crypto_auth_hmacsha256_state state;
  ::crypto_auth_hmacsha256_init(
      &state, reinterpret_cast<const unsigned char*>(secret.data()), secret.size());
  ::crypto_auth_hmacsha256_update(
      &state, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
  ::crypto_auth_hmacsha256_final(&state, digest.data());
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
