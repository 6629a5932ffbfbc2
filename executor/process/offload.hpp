// Blocking work (libgit2, libcurl, deleting trees) off the loop's thread.
#pragma once

#include <cstddef>
#include <exception>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "executor/error.hpp"
#include "executor/process/cancel.hpp"

namespace crun::executor {

/// Threads that may block. They are made for the first work: many runs have none, and many services
/// stand idle. On the loop's thread only.
class BlockingPool {
 public:
  explicit BlockingPool(std::size_t threads) : threads_(threads) {}

  boost::asio::thread_pool& pool() {
    if (!pool_) pool_.emplace(threads_);
    return *pool_;
  }
  /// Until all work is done. No more may be given.
  void join() {
    if (pool_) pool_->join();
  }
  /// Until what is under way is done; the rest is dropped.
  void stop() {
    if (pool_) pool_->stop();
    join();
  }

 private:
  std::size_t threads_;
  std::optional<boost::asio::thread_pool> pool_;
};

/// Runs `work` on the pool and resumes on the caller's executor with its result. What `work` throws
/// comes through. `work` must not touch what the loop's thread owns.
template <class Work>
boost::asio::awaitable<std::invoke_result_t<Work>> offload(BlockingPool& pool, Work work) {
  using Result = std::invoke_result_t<Work>;
  auto on_pool = [](Work moved) -> boost::asio::awaitable<Result> { co_return moved(); };
  co_return co_await boost::asio::co_spawn(
      pool.pool(), on_pool(std::move(work)), boost::asio::use_awaitable);
}

/// The same, but nobody waits for it once `cancel` is requested: then its reason is thrown, as an
/// Error. `work` may outlive its caller then, up to the end of the pool, so it owns what it needs.
template <class Work>
boost::asio::awaitable<std::invoke_result_t<Work>> offload_unless(
    CancelSource& cancel, BlockingPool& pool, Work work) {
  using Result = std::invoke_result_t<Work>;
  struct Share {
    explicit Share(const boost::asio::any_io_executor& executor)
        : done(executor, boost::asio::steady_timer::time_point::max()) {}
    std::optional<Result> result;
    std::exception_ptr trouble;
    boost::asio::steady_timer done;
  };
  if (cancel.requested()) throw Error(cancel.reason());
  const auto executor = co_await boost::asio::this_coro::executor;
  const auto share = std::make_shared<Share>(executor);
  boost::asio::post(pool.pool(), [executor, share, work = std::move(work)]() mutable {
    try {
      share->result.emplace(work());
    } catch (...) {
      share->trouble = std::current_exception();
    }
    boost::asio::post(executor, [share = std::move(share)] { share->done.cancel(); });
  });
  const auto subscription = cancel.on_request([share] { share->done.cancel(); });
  boost::system::error_code ignored;
  co_await share->done.async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, ignored));
  if (cancel.requested()) throw Error(cancel.reason());
  if (share->trouble) std::rethrow_exception(share->trouble);
  co_return std::move(*share->result);
}

}  // namespace crun::executor
