#include "runner/render/event_json.hpp"

#include <ctime>
#include <string_view>
#include <variant>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "runner/render/any_byte.hpp"
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
    json object = {
        {"event", "run.started"},
        {"run", event.run},
        {"workflow", event.workflow},
        {"name", event.name},
        {"trigger", {{"event", event.event}, {"ref", event.ref}, {"sha", event.sha}}}};
    if (!event.title.empty()) object["title"] = event.title;
    return object;
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

namespace {

/// A string of JSON; false where a byte is not ASCII, which the library then looks at closely.
bool append_quoted(std::string_view value, std::string& text) {
  static constexpr char digits[] = "0123456789abcdef";
  const auto needs_care = [](unsigned char byte) {
    return (byte < 0x20) | (byte >= 0x80) | (byte == '"') | (byte == '\\');
  };
  text += '"';
  if (!any_byte(value, needs_care)) {
    text.append(value);
    text += '"';
    return true;
  }
  std::size_t plain = 0;
  for (std::size_t at = 0; at < value.size(); ++at) {
    const auto byte = static_cast<unsigned char>(value[at]);
    if (!needs_care(byte)) continue;
    if (byte >= 0x80) return false;
    text.append(value, plain, at - plain);
    plain = at + 1;
    static constexpr std::string_view named = "\"\\\b\f\n\r\t", letters = "\"\\bfnrt";
    const auto place = named.find(value[at]);
    text += '\\';
    if (place != std::string_view::npos) {
      text += letters[place];
    } else {
      text += "u00";
      text += digits[byte >> 4];
      text += digits[byte & 15];
    }
  }
  text.append(value, plain);
  text += '"';
  return true;
}

/// What the library would make of it; false and nothing appended where only the library can.
bool append_log_json(
    std::chrono::system_clock::time_point time, const LogLine& line, std::string& text) {
  const auto begin = text.size();
  text += R"({"time":")";
  text += format_time(time);
  text += R"(","event":"log","job":)";
  bool plain = append_quoted(line.job, text);
  text += fmt::format(R"(,"step":{},"kind":"{}","line":)", line.step, kind_name(line.kind));
  plain = plain && append_quoted(line.line, text);
  text += '}';
  if (!plain) text.resize(begin);
  return plain;
}

}  // namespace

std::string format_time(std::chrono::system_clock::time_point time) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
  const auto milliseconds =
      std::chrono::duration_cast<std::chrono::milliseconds>(time - seconds).count();
  // Events come many in a second: all but the milliseconds is kept.
  thread_local std::chrono::system_clock::time_point last_second{};
  thread_local std::string last_text;
  if (last_text.empty() || seconds != last_second) {
    const auto stamp = std::chrono::system_clock::to_time_t(seconds);
    std::tm utc{};
    ::gmtime_r(&stamp, &utc);
    last_second = seconds;
    last_text = fmt::format(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}",
        utc.tm_year + 1900,
        utc.tm_mon + 1,
        utc.tm_mday,
        utc.tm_hour,
        utc.tm_min,
        utc.tm_sec);
  }
  return fmt::format("{}.{:03}Z", last_text, milliseconds);
}

std::string event_json(const Event& event) {
  std::string text;
  append_event_json(event, text);
  return text;
}

void append_event_json(const Event& event, std::string& text) {
  if (const auto* line = std::get_if<LogLine>(&event.body)) {
    if (append_log_json(event.time, *line, text)) return;
  }
  json object = {{"time", format_time(event.time)}};
  object.update(std::visit(Members(), event.body));
  text += object.dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace crun::runner
