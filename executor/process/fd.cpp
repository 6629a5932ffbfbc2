#include "executor/process/fd.hpp"

#include <cerrno>

#include <fcntl.h>
#include <sys/socket.h>

#include "executor/error.hpp"

namespace crun::executor {

Pipe make_pipe() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) {
    throw Error("cannot make a pipe: " + system_error_text(errno));
  }
  return {Fd(ends[0]), Fd(ends[1])};
}

std::pair<Fd, Fd> make_socket_pair() {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
    throw Error("cannot make a socket pair: " + system_error_text(errno));
  }
  return {Fd(ends[0]), Fd(ends[1])};
}

Fd open_null() {
  Fd null(::open("/dev/null", O_RDWR | O_CLOEXEC));
  if (!null) throw Error("cannot open /dev/null: " + system_error_text(errno));
  return null;
}

bool write_all(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto written = ::write(descriptor, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

std::string read_up_to(int descriptor, std::size_t limit) {
  std::string bytes(limit, '\0');
  std::size_t size = 0;
  while (size < limit) {
    const auto got = ::read(descriptor, bytes.data() + size, limit - size);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    size += static_cast<std::size_t>(got);
  }
  bytes.resize(size);
  return bytes;
}

}  // namespace crun::executor
