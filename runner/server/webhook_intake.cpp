#include "runner/server/webhook_intake.hpp"

#include <chrono>
#include <memory>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/steady_timer.hpp>
#include <nlohmann/json.hpp>

#include "executor/process/offload.hpp"
#include "runner/server/webhook_reader.hpp"

namespace crun::runner {

namespace asio = boost::asio;
using Json = nlohmann::ordered_json;
using namespace std::chrono_literals;

namespace {

// GitHub waits for 10 s. The delivery is durable by then: that its runs are not known yet, because
// the fetch takes long, is no failure.
constexpr auto answer_limit = 8s;

WebhookAnswer refused(int status, const std::string& why) {
  const Json object = {{"error", why}};
  return {status, object.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n"};
}

WebhookAnswer accepted(const std::vector<std::string>& runs) {
  const Json object = {{"runs", runs}};
  return {202, object.dump() + "\n"};
}

WebhookAnswer duplicate() {
  const Json object = {{"duplicate", true}, {"runs", Json::array()}};
  return {200, object.dump() + "\n"};
}

/// Answers once: with the runs, or without them when that takes too long.
struct Promise {
  Promise(asio::io_context& loop, WebhookIntake::Answer promised)
      : answer(std::move(promised)), timer(loop) {}

  void keep(const std::vector<std::string>& runs) {
    timer.cancel();
    if (const auto told = std::exchange(answer, nullptr)) told(accepted(runs));
  }

  WebhookIntake::Answer answer;
  asio::steady_timer timer;
};

}  // namespace

void WebhookIntake::take(WebhookRequest request, Answer answer) {
  asio::co_spawn(loop_, read(std::move(request), std::move(answer)), asio::detached);
}

asio::awaitable<void> WebhookIntake::read(WebhookRequest request, Answer answer) {
  const auto delivery = request.delivery, event = request.event;
  std::string problem;
  try {
    auto task = [request = std::move(request), &repositories = repositories_]() mutable {
      return read_webhook(std::move(request), repositories);
    };
    const WebhookReading reading = co_await executor::offload(reader_, std::move(task));
    if (reading.refused == 0) {
      accept(delivery, event, reading, answer);
    } else {
      answer(refused(reading.refused, reading.why));
    }
  } catch (const std::exception& error) {
    problem = error.what();
  }
  if (!problem.empty()) answer(refused(500, problem));
}

/// What is answered is durable.
void WebhookIntake::accept(
    const std::string& delivery,
    const std::string& event,
    const WebhookReading& reading,
    const Answer& answer) {
  auto* desk = find_desk_(reading.repository);
  if (store_.has_delivery(reading.repository, delivery)) return answer(duplicate());
  const auto id = store_.add_delivery(
      reading.repository, delivery, event, reading.push ? *reading.push->payload.text : "");
  if (!reading.push || desk == nullptr) return answer(accepted({}));
  const auto promise = std::make_shared<Promise>(loop_, answer);
  promise->timer.expires_after(answer_limit);
  promise->timer.async_wait([promise](const boost::system::error_code& error) {
    if (!error) promise->keep({});
  });
  desk->take(id, reading.push, [promise](const auto& runs) { promise->keep(runs); });
}

}  // namespace crun::runner
