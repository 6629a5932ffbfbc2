// What HTTP may see of the service, and the one thing it may do: hand over a webhook.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "runner/server/run_record.hpp"

namespace crun::runner {

struct WebhookRequest {
  std::string event, delivery, signature, content_type, body;
  std::shared_ptr<const void> body_share;  // of the memory for bodies, as long as this one is kept
};

struct WebhookAnswer {
  int status = 0;
  std::string json;
};

struct RepositoryStatus {
  std::string name, url, last_error;
  std::int64_t last_look_ms = 0;
  std::vector<std::string> recent_events;  // that started nothing, with their reasons, newest first
};

class ServiceView {
 public:
  virtual ~ServiceView() = default;

  virtual std::vector<RunRecord> runs(int limit) const = 0;  // newest first
  virtual std::optional<RunRecord> run(const std::string& id) const = 0;
  virtual std::filesystem::path journal(const std::string& id) const = 0;  // may not exist yet
  virtual std::vector<RepositoryStatus> repositories() const = 0;
  /// Signature, deduplication, queue. The answer comes once, on the loop's thread, at once or when
  /// the commits are fetched; what it says is durable.
  virtual void webhook(WebhookRequest request, std::function<void(WebhookAnswer)> answer) = 0;

  using Listener = std::function<void(const std::string& run_id)>;
  /// Called when a run's state changed or its journal grew.
  virtual std::size_t listen(Listener listener) = 0;
  virtual void unlisten(std::size_t handle) = 0;
};

}  // namespace crun::runner
