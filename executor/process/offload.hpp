// Blocking work (libgit2, libcurl, deleting trees) off the loop's thread.
#pragma once

#include <cstddef>
#include <optional>
#include <type_traits>
#include <utility>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>

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

}  // namespace crun::executor
