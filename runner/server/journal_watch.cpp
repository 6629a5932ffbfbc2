#include "runner/server/journal_watch.hpp"

#include <array>
#include <cerrno>
#include <map>
#include <set>

#include <sys/inotify.h>
#include <unistd.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <fmt/format.h>

#include "executor/error.hpp"

namespace crun::runner {

namespace asio = boost::asio;

namespace {

int make_inotify() {
  const int made = ::inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
  if (made >= 0) return made;
  throw executor::Error(
      "cannot watch the journals of runs: " + executor::system_error_text(errno),
      "raise fs.inotify.max_user_instances");
}

}  // namespace

struct JournalWatch::Impl : std::enable_shared_from_this<Impl> {
  Impl(asio::any_io_executor executor, Handler told)
      : handler(std::move(told)), descriptor(executor, make_inotify()) {}

  void read() {
    descriptor.async_read_some(
        asio::buffer(buffer),
        [self = shared_from_this()](const boost::system::error_code& error, std::size_t size) {
          if (error) return;
          self->tell(size);
          self->read();
        });
  }

  void tell(std::size_t size) {
    std::set<std::string> grown;
    for (std::size_t at = 0; at + sizeof(inotify_event) <= size;) {
      const auto* event = reinterpret_cast<const inotify_event*>(buffer.data() + at);
      const auto found = runs.find(event->wd);
      if (found != runs.end()) grown.insert(found->second);
      at += sizeof(inotify_event) + event->len;
    }
    for (const auto& run : grown) handler(run);
  }

  Handler handler;
  asio::posix::stream_descriptor descriptor;
  std::map<int, std::string> runs;
  alignas(inotify_event) std::array<char, 16384> buffer{};
};

JournalWatch::JournalWatch(asio::any_io_executor executor, Handler handler)
    : impl_(std::make_shared<Impl>(std::move(executor), std::move(handler))) {
  impl_->read();
}

JournalWatch::~JournalWatch() {
  boost::system::error_code ignored;
  impl_->descriptor.close(ignored);
}

void JournalWatch::add(const std::string& run, const std::filesystem::path& folder) {
  const int watch =
      ::inotify_add_watch(impl_->descriptor.native_handle(), folder.c_str(), IN_MODIFY | IN_CREATE);
  if (watch < 0) {
    throw executor::Error(
        fmt::format("cannot watch {}: {}", folder.string(), executor::system_error_text(errno)),
        "raise fs.inotify.max_user_watches");
  }
  impl_->runs[watch] = run;
}

void JournalWatch::remove(const std::string& run) {
  for (auto at = impl_->runs.begin(); at != impl_->runs.end(); ++at) {
    if (at->second != run) continue;
    ::inotify_rm_watch(impl_->descriptor.native_handle(), at->first);
    impl_->runs.erase(at);
    return;
  }
}

}  // namespace crun::runner
