#include "runner/render/event_reader.hpp"

#include <array>
#include <cstdio>
#include <ctime>
#include <utility>

#include <nlohmann/json.hpp>

#include "workflow/expression/json.hpp"

namespace crun::runner {

using namespace executor;
using Json = nlohmann::json;

namespace {

std::chrono::system_clock::time_point time_of(const std::string& text) {
  std::tm utc{};
  int milliseconds = 0;
  const int read = std::sscanf(
      text.c_str(),
      "%d-%d-%dT%d:%d:%d.%dZ",
      &utc.tm_year,
      &utc.tm_mon,
      &utc.tm_mday,
      &utc.tm_hour,
      &utc.tm_min,
      &utc.tm_sec,
      &milliseconds);
  if (read < 6) return {};
  utc.tm_year -= 1900;
  utc.tm_mon -= 1;
  return std::chrono::system_clock::from_time_t(::timegm(&utc)) +
         std::chrono::milliseconds(milliseconds);
}

/// The member of an object as text, number or truth; a missing or strange one as nothing.
class Members {
 public:
  explicit Members(const Json& object) : object_(object) {}

  std::string text(const char* key) const {
    const auto found = object_.find(key);
    return found != object_.end() && found->is_string() ? found->get<std::string>() : "";
  }
  int number(const char* key) const {
    const auto found = object_.find(key);
    return found != object_.end() && found->is_number() ? found->get<int>() : 0;
  }
  std::chrono::milliseconds duration() const {
    const auto found = object_.find("duration_ms");
    const bool known = found != object_.end() && found->is_number();
    return std::chrono::milliseconds(known ? found->get<std::int64_t>() : 0);
  }
  std::vector<std::string> texts(const char* key) const {
    std::vector<std::string> all;
    const auto found = object_.find(key);
    if (found == object_.end() || !found->is_array()) return all;
    for (const auto& item : *found) {
      if (item.is_string()) all.push_back(item.get<std::string>());
    }
    return all;
  }
  workflow::Conclusion conclusion(const char* key) const {
    using workflow::Conclusion;
    const auto name = text(key);
    for (const auto each : {Conclusion::failure, Conclusion::cancelled, Conclusion::skipped}) {
      if (name == workflow::to_string(each)) return each;
    }
    return Conclusion::success;
  }

 private:
  const Json& object_;
};

LogLine::Kind kind_of(const std::string& name) {
  using Kind = LogLine::Kind;
  static constexpr std::array<std::pair<const char*, Kind>, 7> kinds = {
      {{"command", Kind::command},
       {"group", Kind::group},
       {"endgroup", Kind::endgroup},
       {"debug", Kind::debug},
       {"notice", Kind::notice},
       {"warning", Kind::warning},
       {"error", Kind::error}}};
  for (const auto& [text, kind] : kinds) {
    if (name == text) return kind;
  }
  return Kind::text;
}

PushedImage image_of(const Json& object) {
  const Members members(object);
  PushedImage image;
  image.ref = members.text("ref");
  image.digest = members.text("digest");
  image.registry_digest = members.text("registry_digest");
  const auto state = members.text("state");
  for (const auto each : {PushedImage::State::missing, PushedImage::State::mismatch}) {
    if (state == to_string(each)) image.state = each;
  }
  image.verified = object.value("verified", false);
  image.mapped_from = members.text("mapped_from");
  image.size = object.value("size", std::uint64_t{0});
  image.platforms = members.texts("platforms");
  image.cached_steps = members.number("cached_steps");
  image.total_steps = members.number("total_steps");
  image.detail = members.text("detail");
  return image;
}

RunFinished finished_of(const Json& object, const Members& members) {
  RunFinished event;
  const auto name = members.text("conclusion");
  for (const auto each :
       {RunConclusion::failure,
        RunConclusion::cancelled,
        RunConclusion::not_triggered,
        RunConclusion::invalid}) {
    if (name == to_string(each)) event.conclusion = each;
  }
  event.exit_code = members.number("exit_code");
  event.note = members.text("note");
  for (const auto& image : object.value("images", Json::array())) {
    event.images.push_back(image_of(image));
  }
  return event;
}

std::optional<Event::Body> run_event(const Json& object, const std::string& name) {
  const Members members(object);
  if (name == "run.started") {
    const auto trigger = object.value("trigger", Json::object());
    const Members cause(trigger);
    return RunStarted{
        members.text("run"),
        members.text("workflow"),
        members.text("name"),
        cause.text("event"),
        cause.text("ref"),
        cause.text("sha"),
        members.text("title")};
  }
  if (name == "notice") return Notice{members.text("text")};
  if (name == "run.finished") return finished_of(object, members);
  if (name == "job.started") {
    JobStarted event{members.text("job"), members.text("name"), {}};
    if (const auto matrix = object.find("matrix"); matrix != object.end()) {
      event.matrix = workflow::from_json(matrix->dump());
    }
    return event;
  }
  if (name == "job.finished") {
    return JobFinished{
        members.text("job"),
        members.text("name"),
        members.conclusion("conclusion"),
        members.text("reason"),
        members.duration()};
  }
  return std::nullopt;
}

std::optional<Event::Body> step_event(const Json& object, const std::string& name) {
  const Members members(object);
  const auto job = members.text("job");
  const int step = members.number("step");
  if (name == "log") return LogLine{job, step, kind_of(members.text("kind")), members.text("line")};
  if (name == "step.started") return StepStarted{job, step, members.text("name")};
  if (name == "step.summary") return StepSummary{job, step, members.text("markdown")};
  if (name == "image.pushed") return ImagePushed{job, step, image_of(object)};
  if (name == "annotation") {
    Annotation event{job, step, kind_of(members.text("level")), members.text("message"), {}};
    const auto properties = object.value("properties", Json::object());
    for (const auto& [key, value] : properties.items()) {
      if (value.is_string()) event.properties[key] = value.get<std::string>();
    }
    return event;
  }
  if (name == "image.built") {
    return ImageBuilt{
        job, step, members.texts("refs"), members.text("digest"), members.text("reason")};
  }
  if (name == "step.finished") {
    StepFinished event;
    event.job = job;
    event.step = step;
    event.name = members.text("name");
    event.conclusion = members.conclusion("conclusion");
    event.outcome = members.conclusion("outcome");
    event.duration = members.duration();
    event.reason = members.text("reason");
    return event;
  }
  return std::nullopt;
}

}  // namespace

std::optional<Event> event_from_json(const std::string& line) {
  const auto object = Json::parse(line, nullptr, false);
  if (!object.is_object()) return std::nullopt;
  const Members members(object);
  const auto name = members.text("event");
  auto body = run_event(object, name);
  if (!body) body = step_event(object, name);
  if (!body) return std::nullopt;
  return Event{time_of(members.text("time")), std::move(*body)};
}

}  // namespace crun::runner
