// Wakes the one coroutine that waits for something to change, or for a time. What changed it looks
// up itself. Loop thread only.
#pragma once

#include <chrono>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace crun::executor {

class Bell {
 public:
  explicit Bell(boost::asio::any_io_executor executor) : timer_(std::move(executor)) {}

  /// A ring before anybody waits is not lost.
  void ring() {
    rung_ = true;
    timer_.cancel();
  }
  boost::asio::awaitable<void> wait_until(std::chrono::steady_clock::time_point deadline) {
    if (!rung_) {
      timer_.expires_at(deadline);
      boost::system::error_code ignored;  // rung before the time
      co_await timer_.async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, ignored));
    }
    rung_ = false;
  }

 private:
  boost::asio::steady_timer timer_;
  bool rung_ = false;
};

}  // namespace crun::executor
