// The command line's way into the daemon: a Unix socket of mode 0600. A request is a line of JSON,
// an answer one or more lines (see control_client.hpp for the other end).
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include <boost/asio/io_context.hpp>

#include "runner/server/repository_desk.hpp"
#include "runner/server/service_view.hpp"

namespace crun::runner {

/// What the command line may do besides looking.
class ControlTarget {
 public:
  virtual ~ControlTarget() = default;
  virtual void cancel(const std::string& run, const std::string& reason) = 0;
  virtual void dispatch(
      const std::string& repository,
      const DispatchWish& wish,
      std::function<void(DispatchAnswer)> answer) = 0;
};

class ControlServer {
 public:
  /// Replaces a socket that a killed daemon left. Throws Error.
  ControlServer(
      boost::asio::io_context& loop,
      const std::filesystem::path& path,
      ServiceView& view,
      ControlTarget& target);
  ~ControlServer();
  ControlServer(const ControlServer&) = delete;
  ControlServer& operator=(const ControlServer&) = delete;

  /// Removes the socket.
  void stop();

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace crun::runner
