#include "executor/net/unix_socket.hpp"

#include <cerrno>
#include <cstring>
#include <string>

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>

#include <fmt/format.h>

#include "executor/error.hpp"

namespace crun::executor {
namespace {

constexpr int patience_seconds = 10;

[[noreturn]] void fail(std::string_view what, const std::filesystem::path& path) {
  const int reason = errno;
  throw Error(fmt::format("cannot {} {}: {}", what, path.string(), system_error_text(reason)));
}

/// A path that is too long for an address is reached through its folder, which must stay open
/// while the address is in use.
struct Address {
  Fd folder;
  sockaddr_un value{};

  explicit Address(const std::filesystem::path& path) {
    auto name = path.string();
    if (name.size() >= sizeof value.sun_path) {
      const std::filesystem::path parent = path.has_parent_path() ? path.parent_path() : ".";
      folder = Fd(::open(parent.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
      if (!folder) fail("open", parent);
      name = fmt::format("/proc/self/fd/{}/{}", folder.get(), path.filename().string());
    }
    value.sun_family = AF_UNIX;
    if (name.size() >= sizeof value.sun_path) {
      errno = ENAMETOOLONG;
      fail("use", path);
    }
    std::memcpy(value.sun_path, name.c_str(), name.size() + 1);
  }
  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&value); }
};

}  // namespace

Fd listen_on_unix_socket(const std::filesystem::path& path) {
  const Address address(path);
  Fd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  // The mode of the descriptor becomes that of the name: no moment with a wider one.
  if (!fd || ::fchmod(fd.get(), 0600) != 0) fail("make", path);
  if (::bind(fd.get(), address.get(), sizeof address.value) != 0) fail("bind", path);
  if (::listen(fd.get(), 16) != 0) fail("listen on", path);
  return fd;
}

Fd connect_to_unix_socket(const std::filesystem::path& path) {
  const Address address(path);
  Fd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!fd) fail("make", path);
  const timeval limit{patience_seconds, 0};
  ::setsockopt(fd.get(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  ::setsockopt(fd.get(), SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
  if (::connect(fd.get(), address.get(), sizeof address.value) != 0) fail("connect to", path);
  return fd;
}

}  // namespace crun::executor
