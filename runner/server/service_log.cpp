#include "runner/server/service_log.hpp"

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string_view>

#include <sys/socket.h>
#include <sys/un.h>

#include <fmt/format.h>

#include "executor/process/fd.hpp"
#include "runner/render/printable.hpp"

namespace crun::runner {

namespace {

std::string_view name_of(LogLevel level) {
  return level == LogLevel::error ? "error" : level == LogLevel::warning ? "warning" : "info";
}

}  // namespace

void service_log(LogLevel level, const std::string& text) {
  static const bool under_systemd = std::getenv("JOURNAL_STREAM") != nullptr;
  const auto line = printable(text);  // a line; names of files and refs are others' words
  const auto whole = under_systemd ? fmt::format("<{}>{}\n", static_cast<int>(level), line)
                                   : fmt::format("{} {}\n", name_of(level), line);
  std::fputs(whole.c_str(), stderr);
}

void notify_supervisor(const std::string& state) {
  const char* name = std::getenv("NOTIFY_SOCKET");
  sockaddr_un address{};
  const std::size_t length = name == nullptr ? 0 : std::strlen(name);
  if (length == 0 || length >= sizeof address.sun_path) return;
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, name, length);
  if (address.sun_path[0] == '@') address.sun_path[0] = 0;  // an abstract address
  const executor::Fd socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + length);
  static_cast<void>(
      ::sendto(
          socket.get(),
          state.data(),
          state.size(),
          MSG_NOSIGNAL,
          reinterpret_cast<const sockaddr*>(&address),
          size) < 0);
}

}  // namespace crun::runner
