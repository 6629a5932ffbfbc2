#include "runner/server/webhook_reader.hpp"

#include <algorithm>
#include <utility>

#include <nlohmann/json.hpp>

#include "runner/cli/usage_error.hpp"
#include "runner/engine/event_file.hpp"
#include "runner/server/signature.hpp"

namespace crun::runner {

using Json = nlohmann::ordered_json;

namespace {

WebhookReading refuse(int status, std::string why) {
  WebhookReading reading;
  reading.refused = status;
  reading.why = std::move(why);
  return reading;
}

bool is_object_id(const std::string& text) {
  return text.size() == 40 && text.find_first_not_of("0123456789abcdef") == std::string::npos;
}

/// A push tells a ref and two commits; anything else is no push.
bool is_push(const ToldPush& push) {
  const bool mirrored = push.ref.starts_with("refs/heads/") || push.ref.starts_with("refs/tags/");
  return mirrored && is_object_id(push.before) && is_object_id(push.after) &&
         push.before != push.after;
}

bool is_about(const RepositoryConfig& repository, const Json& payload) {
  const auto says = [&payload](const char* key, const std::string& wanted) {
    return !wanted.empty() && text_at(payload, {"repository", key}) == wanted;
  };
  return says("name", repository.name) || says("full_name", repository.name) ||
         says("clone_url", repository.url);
}

ToldPush told_push(EventBody payload) {
  ToldPush push;
  push.ref = text_at(*payload.json, {"ref"});
  push.before = text_at(*payload.json, {"before"});
  push.after = text_at(*payload.json, {"after"});
  push.payload = std::move(payload);
  return push;
}

/// Inputs are of a dispatch only: a push must not bring any.
EventBody without_inputs(EventBody payload) {
  if (!payload.json->contains("inputs")) return payload;
  auto json = *payload.json;
  json.erase("inputs");
  auto made = make_event_body(std::move(json));
  made.share = payload.share;
  return made;
}

}  // namespace

WebhookReading read_webhook(
    WebhookRequest request, const std::vector<RepositoryConfig>& repositories) {
  std::vector<const RepositoryConfig*> signed_by;
  for (const auto& repository : repositories) {
    if (signature_matches(repository.webhook_secret, request.body, request.signature)) {
      signed_by.push_back(&repository);
    }
  }
  if (signed_by.empty()) return refuse(401, "the signature is missing or wrong");
  if (request.event.empty() || request.delivery.empty()) {
    return refuse(400, "X-GitHub-Event and X-GitHub-Delivery are needed");
  }
  EventBody payload;
  try {
    payload = read_event_body(std::move(request.body));
  } catch (const UsageError& error) {
    return refuse(400, error.what());
  }
  payload.share = std::move(request.body_share);
  const auto named = [&payload](const auto* each) { return is_about(*each, *payload.json); };
  const auto sender = std::find_if(signed_by.begin(), signed_by.end(), named);
  if (sender == signed_by.end()) {
    const bool served =
        std::any_of(repositories.begin(), repositories.end(), [&payload](const auto& each) {
          return is_about(each, *payload.json);
        });
    return served ? refuse(401, "the signature is not of this repository's secret")
                  : refuse(404, "this service does not serve the repository");
  }
  WebhookReading reading;
  reading.repository = (*sender)->name;
  if (request.event != "push") return reading;
  reading.push = told_push(without_inputs(std::move(payload)));
  if (!is_push(*reading.push)) return refuse(400, "a push needs ref, before and after");
  return reading;
}

ToldPush read_push(std::string text) {
  return told_push(read_event_body(std::move(text)));
}

}  // namespace crun::runner
