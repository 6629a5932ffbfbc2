// Takes webhooks: reads them on a thread of its own, so that neither large bodies nor fetches that
// hang hold up anything, stores what is accepted, and hands pushes to the desk of their repository.
#pragma once

#include <functional>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>

#include "executor/process/offload.hpp"
#include "runner/server/repository_desk.hpp"
#include "runner/server/serve_config.hpp"
#include "runner/server/service_view.hpp"
#include "runner/server/store.hpp"

namespace crun::runner {

struct WebhookReading;

class WebhookIntake {
 public:
  using Answer = std::function<void(WebhookAnswer)>;
  using FindDesk = std::function<RepositoryDesk*(const std::string& repository)>;

  WebhookIntake(
      boost::asio::io_context& loop,
      Store& store,
      const std::vector<RepositoryConfig>& repositories,
      FindDesk find_desk)
      : loop_(loop), store_(store), repositories_(repositories), find_desk_(std::move(find_desk)) {}

  void take(WebhookRequest request, Answer answer);

 private:
  boost::asio::awaitable<void> read(WebhookRequest request, Answer answer);
  void accept(
      const std::string& delivery,
      const std::string& event,
      const WebhookReading& reading,
      const Answer& answer);

  boost::asio::io_context& loop_;
  Store& store_;
  const std::vector<RepositoryConfig>& repositories_;
  FindDesk find_desk_;
  executor::BlockingPool reader_{1};
};

}  // namespace crun::runner
