// What a webhook says, and whether the one who sent it may say so. Values in, values out: it works
// on a thread of its own, because HMAC and JSON of 25 MB take their time.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "runner/server/push_look.hpp"
#include "runner/server/serve_config.hpp"
#include "runner/server/service_view.hpp"

namespace crun::runner {

struct WebhookReading {
  int refused = 0;  // the HTTP status; 0: it was not
  std::string why;
  std::string repository;        // its name in the configuration
  std::optional<ToldPush> push;  // nothing: another event, which starts nothing
};

/// Nothing of a body that no repository's secret has signed is looked at.
WebhookReading read_webhook(
    WebhookRequest request, const std::vector<RepositoryConfig>& repositories);

/// A push from a text that was accepted before. Throws UsageError.
ToldPush read_push(std::string text);

}  // namespace crun::runner
