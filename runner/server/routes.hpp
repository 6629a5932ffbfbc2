// Which request gets which answer. Nothing here changes anything but `POST /webhooks/github`.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <variant>

#include "runner/server/http_message.hpp"
#include "runner/server/service_view.hpp"

namespace crun::runner {

/// Made on another thread: it reads a whole journal and holds all it needs.
using SlowAnswer = std::function<HttpAnswer()>;

struct StreamAnswer {
  std::string run;
  std::string last_id;  // of the event that the client has seen last
};

/// The service answers when it has fetched the commits.
struct WebhookDelivery {
  WebhookRequest request;
};

using Answer = std::variant<HttpAnswer, SlowAnswer, StreamAnswer, WebhookDelivery>;

/// What can be said before the body is read: a wrong host, method, path or content type.
std::optional<HttpAnswer> refusal(const HttpRequest& head);

/// Only this request has a body that is read.
bool takes_body(const HttpRequest& head);

/// The answer to a request that was not refused. The body is moved out of it: it may be large.
Answer answer(HttpRequest& request, ServiceView& view);

/// What the service answers to a webhook.
HttpAnswer webhook_answer(WebhookAnswer answered);

/// A page for people, JSON for programs (below /api and /webhooks).
HttpAnswer error_answer(const HttpRequest& request, int status, const std::string& message);

}  // namespace crun::runner
