#include "runner/render/event_json.hpp"

#include <ctime>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "workflow/expression/json.hpp"

namespace crun::runner {

using namespace executor;
using json = nlohmann::ordered_json;

namespace {

std::string_view kind_name(LogLine::Kind kind) {
  switch (kind) {
    case LogLine::Kind::text:
      return "text";
    case LogLine::Kind::command:
      return "command";
    case LogLine::Kind::group:
      return "group";
    case LogLine::Kind::endgroup:
      return "endgroup";
    case LogLine::Kind::debug:
      return "debug";
    case LogLine::Kind::notice:
      return "notice";
    case LogLine::Kind::warning:
      return "warning";
    case LogLine::Kind::error:
      return "error";
  }
  return "";
}

json image_json(const PushedImage& image) {
  json object = {
      {"ref", image.ref},
      {"digest", image.digest},
      {"verified", image.verified},
      {"state", to_string(image.state)}};
  if (!image.registry_digest.empty() && image.registry_digest != image.digest) {
    object["registry_digest"] = image.registry_digest;
  }
  if (!image.mapped_from.empty()) object["mapped_from"] = image.mapped_from;
  if (image.size > 0) object["size"] = image.size;
  if (!image.platforms.empty()) object["platforms"] = image.platforms;
  if (image.total_steps > 0) {
    object["cached_steps"] = image.cached_steps;
    object["total_steps"] = image.total_steps;
  }
  if (!image.detail.empty()) object["detail"] = image.detail;
  return object;
}

/// One overload a kind of event: the members of its object, in the order people read.
struct Members {
  json operator()(const RunStarted& event) const {
    return {
        {"event", "run.started"},
        {"run", event.run},
        {"workflow", event.workflow},
        {"name", event.name},
        {"trigger", {{"event", event.event}, {"ref", event.ref}, {"sha", event.sha}}}};
  }

  json operator()(const JobStarted& event) const {
    json object = {{"event", "job.started"}, {"job", event.job}, {"name", event.name}};
    if (event.matrix.is_object()) {
      object["matrix"] = json::parse(workflow::to_compact_json(event.matrix));
    }
    return object;
  }

  json operator()(const StepStarted& event) const {
    return {
        {"event", "step.started"}, {"job", event.job}, {"step", event.step}, {"name", event.name}};
  }

  json operator()(const LogLine& event) const {
    return {
        {"event", "log"},
        {"job", event.job},
        {"step", event.step},
        {"kind", kind_name(event.kind)},
        {"line", event.line}};
  }

  json operator()(const Annotation& event) const {
    return {
        {"event", "annotation"},
        {"job", event.job},
        {"step", event.step},
        {"level", kind_name(event.level)},
        {"message", event.message},
        {"properties", event.properties}};
  }

  json operator()(const StepFinished& event) const {
    json object = {
        {"event", "step.finished"},
        {"job", event.job},
        {"step", event.step},
        {"name", event.name},
        {"conclusion", workflow::to_string(event.conclusion)},
        {"outcome", workflow::to_string(event.outcome)},
        {"duration_ms", event.duration.count()}};
    if (!event.reason.empty()) object["reason"] = event.reason;
    return object;
  }

  json operator()(const StepSummary& event) const {
    return {
        {"event", "step.summary"},
        {"job", event.job},
        {"step", event.step},
        {"markdown", event.markdown}};
  }

  json operator()(const ImagePushed& event) const {
    json object = {{"event", "image.pushed"}, {"job", event.job}, {"step", event.step}};
    object.update(image_json(event.image));
    return object;
  }

  json operator()(const ImageBuilt& event) const {
    return {
        {"event", "image.built"},
        {"job", event.job},
        {"step", event.step},
        {"refs", event.refs},
        {"digest", event.digest},
        {"pushed", false},
        {"reason", event.reason}};
  }

  json operator()(const JobFinished& event) const {
    json object = {
        {"event", "job.finished"},
        {"job", event.job},
        {"name", event.name},
        {"conclusion", workflow::to_string(event.conclusion)},
        {"duration_ms", event.duration.count()}};
    if (!event.reason.empty()) object["reason"] = event.reason;
    return object;
  }

  json operator()(const Notice& event) const { return {{"event", "notice"}, {"text", event.text}}; }

  json operator()(const RunFinished& event) const {
    json images = json::array();
    for (const auto& image : event.images) images.push_back(image_json(image));
    return {
        {"event", "run.finished"},
        {"conclusion", to_string(event.conclusion)},
        {"exit_code", event.exit_code},
        {"images", images},
        {"note", event.note}};
  }
};

}  // namespace

std::string format_time(std::chrono::system_clock::time_point time) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
  const auto milliseconds =
      std::chrono::duration_cast<std::chrono::milliseconds>(time - seconds).count();
  const auto stamp = std::chrono::system_clock::to_time_t(seconds);
  std::tm utc{};
  ::gmtime_r(&stamp, &utc);
  return fmt::format(
      "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z",
      utc.tm_year + 1900,
      utc.tm_mon + 1,
      utc.tm_mday,
      utc.tm_hour,
      utc.tm_min,
      utc.tm_sec,
      milliseconds);
}

std::string event_json(const Event& event) {
  json object = {{"time", format_time(event.time)}};
  object.update(std::visit(Members(), event.body));
  return object.dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace crun::runner
