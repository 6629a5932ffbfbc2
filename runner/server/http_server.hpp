// The service on HTTP: lists, pages, event streams, webhooks. One loop thread serves all
// connections; the pages of runs, which read whole journals, are made on a thread of their own.
#pragma once

#include <memory>
#include <string>

#include <boost/asio/io_context.hpp>

#include "runner/server/service_view.hpp"

namespace crun::runner {

class HttpServer {
 public:
  /// `listen` is an address and a port, "127.0.0.1:8080"; port 0 takes any. Connections are
  /// accepted as soon as the loop runs. Throws Error. The view must outlive the server.
  HttpServer(boost::asio::io_context& loop, ServiceView& view, const std::string& listen);
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  int port() const;
  /// No new connections; idle ones and event streams end at once, an answer on its way is finished.
  void stop();

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace crun::runner
