// A socket before the engine's that counts what clients ask. An upgraded connection (the streams of
// a container) is bytes that nobody counts.
#pragma once

#include <atomic>
#include <cstring>
#include <filesystem>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "executor/process/fd.hpp"

namespace crun::tests {

class EngineProxy {
 public:
  EngineProxy(std::string engine, std::filesystem::path path)
      : engine_(std::move(engine)), path_(std::move(path)), listener_(make_socket()) {
    const auto address = address_of(path_);
    ::bind(listener_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address);
    ::listen(listener_.get(), 64);
    accepting_ = std::thread([this] { accept_all(); });
  }
  ~EngineProxy() {
    ::shutdown(listener_.get(), SHUT_RDWR);
    accepting_.join();
    for (auto& thread : serving_) thread.join();
  }
  EngineProxy(const EngineProxy&) = delete;
  EngineProxy& operator=(const EngineProxy&) = delete;

  std::string host() const { return "unix://" + path_.string(); }
  int requests() const { return requests_; }

 private:
  static executor::Fd make_socket() {
    return executor::Fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  }
  static sockaddr_un address_of(const std::filesystem::path& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
    return address;
  }

  void accept_all() {
    while (true) {
      const int client = ::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC);
      if (client < 0) return;
      serving_.emplace_back([this, client] { serve(executor::Fd(client)); });
    }
  }

  void serve(executor::Fd client) {
    auto engine = make_socket();
    const auto address = address_of(engine_);
    if (::connect(engine.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address)) {
      return;
    }
    std::thread back([&] { pass(engine.get(), client.get(), false); });
    pass(client.get(), engine.get(), true);
    back.join();
  }

  void pass(int from, int to, bool counting) {
    constexpr std::string_view mark = " HTTP/1.1\r\n";
    std::string rest;  // the end of what came before, in which a mark may have begun
    char buffer[1 << 16];
    for (ssize_t size; (size = ::read(from, buffer, sizeof buffer)) > 0;) {
      if (counting) {
        rest.append(buffer, static_cast<std::size_t>(size));
        for (auto at = rest.find(mark); at != rest.npos; at = rest.find(mark, at + 1)) ++requests_;
        if (rest.size() >= mark.size()) rest.erase(0, rest.size() - mark.size() + 1);
      }
      if (::send(to, buffer, static_cast<std::size_t>(size), MSG_NOSIGNAL) != size) break;
    }
    ::shutdown(to, SHUT_WR);
  }

  std::string engine_;
  std::filesystem::path path_;
  executor::Fd listener_;
  std::atomic<int> requests_ = 0;
  std::thread accepting_;
  std::vector<std::thread> serving_;
};

}  // namespace crun::tests
