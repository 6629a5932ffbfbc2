#include "runner/server/run_json.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "runner/render/event_json.hpp"

namespace crun::runner {

using json = nlohmann::ordered_json;
using std::chrono::milliseconds;
using std::chrono::system_clock;

namespace {

json time_or_null(std::int64_t unix_ms) {
  if (unix_ms == 0) return nullptr;
  return rfc3339(unix_ms);
}

json text_or_null(const std::string& text) {
  if (text.empty()) return nullptr;
  return text;
}

}  // namespace

std::string rfc3339(std::int64_t unix_ms) {
  return format_time(system_clock::time_point(milliseconds(unix_ms)));
}

std::optional<milliseconds> run_duration(const RunRecord& run, system_clock::time_point now) {
  if (run.started_ms == 0) return std::nullopt;
  const auto now_ms = std::chrono::duration_cast<milliseconds>(now.time_since_epoch()).count();
  const auto end_ms = run.ended_ms != 0 ? run.ended_ms : now_ms;
  return milliseconds(std::max<std::int64_t>(0, end_ms - run.started_ms));
}

std::string run_json(const RunRecord& run, system_clock::time_point now) {
  json object = {
      {"id", run.id},
      {"repository", run.repository},
      {"workflow", run.workflow},
      {"event", run.event},
      {"ref", run.ref},
      {"sha", run.sha},
      {"state", to_string(run.state)},
      {"conclusion", text_or_null(run.conclusion)},
      {"reason", text_or_null(run.reason)},
      {"created", time_or_null(run.created_ms)},
      {"started", time_or_null(run.started_ms)},
      {"ended", time_or_null(run.ended_ms)},
      {"duration", nullptr},
      {"exit_code", nullptr}};
  if (const auto duration = run_duration(run, now)) {
    object["duration"] = static_cast<double>(duration->count()) / 1000;
  }
  if (run.state == RunState::ended) object["exit_code"] = run.exit_code;
  return object.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::string runs_json(const std::vector<RunRecord>& runs, system_clock::time_point now) {
  std::string text = "[";
  for (const auto& run : runs) {
    text += text.size() == 1 ? "\n" : ",\n";
    text += run_json(run, now);
  }
  return text + "\n]\n";
}

}  // namespace crun::runner
