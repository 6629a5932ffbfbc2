#include "executor/job/podman.hpp"

#include <system_error>

#include <nlohmann/json.hpp>

#include "executor/net/credentials.hpp"

namespace crun::executor {

namespace fs = std::filesystem;
using Json = nlohmann::json;
using std::chrono::nanoseconds;
using std::chrono::seconds;

namespace {

constexpr seconds usual_pause{30};  // of a check that says nothing else, between two and for one

nanoseconds duration_of(const Json& check, const char* key) {
  const auto found = check.find(key);
  const bool given = found != check.end() && found->is_number_integer() && *found > 0;
  return given ? nanoseconds(found->get<std::int64_t>()) : nanoseconds(usual_pause);
}

}  // namespace

std::vector<std::string> run_options_for(const EngineClient& client) {
  if (!is_podman(client.program)) return {};
  return {"--stop-timeout", "0"};
}

void find_credentials(
    const EngineClient& client,
    Environment& environment,
    const fs::path& folder,
    const std::string& image) {
  if (!is_podman(client.program)) return;
  const auto reference = ImageReference::parse(image);
  if (!reference) return;
  environment.set("REGISTRY_AUTH_FILE", add_podman_registry(folder, reference->registry).string());
}

HealthChecks::HealthChecks(DockerEngine& engine)
    : engine_(engine), ours_(is_podman(engine.client().program)) {
  std::error_code ignored;
  if (fs::exists("/run/systemd/system", ignored)) ours_ = false;
}

asio::awaitable<void> HealthChecks::run_due(
    std::vector<std::string> containers, CancelSource& cancel) {
  if (!ours_) co_return;
  for (const auto& container : containers) {
    if (!checks_.contains(container)) co_await read(container, cancel);
    auto& check = checks_[container];
    if (Clock::now() < check.due) continue;
    std::vector<std::string> arguments = {"healthcheck", "run", container};
    const auto limit = std::chrono::ceil<seconds>(check.timeout) + usual_pause;
    // What it found is told by the next look at the container.
    co_await engine_.call(std::move(arguments), cancel, limit);
    check.due = Clock::now() + check.interval;
  }
}

asio::awaitable<void> HealthChecks::read(std::string container, CancelSource& cancel) {
  std::vector<std::string> arguments = {
      "container", "inspect", "--format", "{{json .Config.Healthcheck}}", container};
  const auto answer = co_await engine_.call(std::move(arguments), cancel);
  auto said = Json::parse(answer.out, nullptr, false);
  if (!said.is_object()) said = Json::object();
  Check check;
  check.interval = duration_of(said, "Interval");
  check.timeout = duration_of(said, "Timeout");
  check.due = Clock::now() + check.interval;
  checks_[container] = check;
}

}  // namespace crun::executor
