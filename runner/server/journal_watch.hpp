// Tells when journals grow, through inotify: no timer, no polling.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include <boost/asio/any_io_executor.hpp>

namespace crun::runner {

class JournalWatch {
 public:
  using Handler = std::function<void(const std::string& run)>;

  JournalWatch(boost::asio::any_io_executor executor, Handler handler);
  ~JournalWatch();
  JournalWatch(const JournalWatch&) = delete;
  JournalWatch& operator=(const JournalWatch&) = delete;

  /// The folder must be there; the journal in it may come later. Throws Error.
  void add(const std::string& run, const std::filesystem::path& folder);
  void remove(const std::string& run);

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace crun::runner
