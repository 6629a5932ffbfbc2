// Blocking work (libgit2, libcurl, deleting trees) off the loop's thread.
#pragma once

#include <type_traits>
#include <utility>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace crun::executor {

/// Runs `work` on the pool and resumes on the caller's executor with its result. What `work` throws
/// comes through. `work` must not touch what the loop's thread owns.
template <class Work>
boost::asio::awaitable<std::invoke_result_t<Work>> offload(
    boost::asio::thread_pool& pool, Work work) {
  using Result = std::invoke_result_t<Work>;
  auto on_pool = [](Work moved) -> boost::asio::awaitable<Result> { co_return moved(); };
  co_return co_await boost::asio::co_spawn(
      pool, on_pool(std::move(work)), boost::asio::use_awaitable);
}

}  // namespace crun::executor
