#include "runner/render/event_json.hpp"

#include <concepts>
#include <ctime>
#include <iterator>
#include <string_view>
#include <utility>
#include <variant>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "executor/log/any_byte.hpp"
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

/// A string of JSON at the end of a text. What is not ASCII the library looks at closely, and
/// repairs where it is no UTF-8.
void append_quoted(std::string_view value, std::string& text) {
  static constexpr char digits[] = "0123456789abcdef";
  const auto needs_care = [](unsigned char byte) {
    return (byte < 0x20) | (byte >= 0x80) | (byte == '"') | (byte == '\\');
  };
  const auto begin = text.size();
  text += '"';
  if (!any_byte(value, needs_care)) {
    text.append(value);
    text += '"';
    return;
  }
  std::size_t plain = 0;
  for (std::size_t at = 0; at < value.size(); ++at) {
    const auto byte = static_cast<unsigned char>(value[at]);
    if (!needs_care(byte)) continue;
    if (byte >= 0x80) {
      text.resize(begin);
      text += json(value).dump(-1, ' ', false, json::error_handler_t::replace);
      return;
    }
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
}

/// An object of JSON at the end of a text, member by member; complete when the writer goes.
class ObjectWriter {
 public:
  explicit ObjectWriter(std::string& text) : text_(text) { text_ += '{'; }
  ~ObjectWriter() { text_ += '}'; }
  ObjectWriter(const ObjectWriter&) = delete;
  ObjectWriter& operator=(const ObjectWriter&) = delete;

  void operator()(std::string_view name, std::string_view value) {
    append_quoted(value, member(name));
  }
  void operator()(std::string_view name, const char* value) { append_quoted(value, member(name)); }
  void operator()(std::string_view name, bool value) { member(name) += value ? "true" : "false"; }
  template <std::integral Number>
  void operator()(std::string_view name, Number value) {
    fmt::format_to(std::back_inserter(member(name)), "{}", value);
  }
  /// Whatever the library knows how to write.
  template <class Value>
  void library(std::string_view name, const Value& value) {
    member(name) += json(value).dump(-1, ' ', false, json::error_handler_t::replace);
  }
  /// Members that are written already: `"name":value`, with commas between them.
  void members(std::string_view written) {
    if (std::exchange(has_members_, true)) text_ += ',';
    text_ += written;
  }
  /// The text, where the member's value is to be added. `name` needs no quoting.
  std::string& member(std::string_view name) {
    if (std::exchange(has_members_, true)) text_ += ',';
    text_ += '"';
    text_ += name;
    text_ += "\":";
    return text_;
  }

 private:
  std::string& text_;
  bool has_members_ = false;
};

void add_members(const PushedImage& image, ObjectWriter& add) {
  add("ref", image.ref);
  add("digest", image.digest);
  add("verified", image.verified);
  add("state", to_string(image.state));
  if (!image.registry_digest.empty() && image.registry_digest != image.digest) {
    add("registry_digest", image.registry_digest);
  }
  if (!image.mapped_from.empty()) add("mapped_from", image.mapped_from);
  if (image.size > 0) add("size", image.size);
  if (!image.platforms.empty()) add.library("platforms", image.platforms);
  if (image.total_steps > 0) {
    add("cached_steps", image.cached_steps);
    add("total_steps", image.total_steps);
  }
  if (!image.detail.empty()) add("detail", image.detail);
}

/// What a line of a log has in common with those around it.
struct LogHead {
  LogHead() = default;
  explicit LogHead(const LogLine& line) : job(line.job), step(line.step), kind(line.kind) {
    {
      ObjectWriter add(text);
      add("event", "log");
      add("job", job);
      add("step", step);
      add("kind", kind_name(kind));
    }
    text = text.substr(1, text.size() - 2);  // its members alone
  }

  bool is_of(const LogLine& line) const {
    return !text.empty() && step == line.step && kind == line.kind && job == line.job;
  }

  std::string job;
  int step = 0;
  LogLine::Kind kind = LogLine::Kind::text;
  std::string text = {};
};

/// One overload a kind of event: the members of its object, in the order people read.
struct Members {
  ObjectWriter& add;

  void operator()(const RunStarted& event) const {
    add("event", "run.started");
    add("run", event.run);
    add("workflow", event.workflow);
    add("name", event.name);
    {
      ObjectWriter trigger(add.member("trigger"));
      trigger("event", event.event);
      trigger("ref", event.ref);
      trigger("sha", event.sha);
    }
    if (!event.title.empty()) add("title", event.title);
  }

  void operator()(const JobStarted& event) const {
    add("event", "job.started");
    add("job", event.job);
    add("name", event.name);
    if (event.matrix.is_object()) {
      add.library("matrix", json::parse(workflow::to_compact_json(event.matrix)));
    }
  }

  void operator()(const StepStarted& event) const {
    add("event", "step.started");
    add("job", event.job);
    add("step", event.step);
    add("name", event.name);
  }

  void operator()(const LogLine& event) const {
    // Many come in a row that have only their text for themselves.
    thread_local LogHead head;
    if (!head.is_of(event)) head = LogHead(event);
    add.members(head.text);
    add("line", event.line);
  }

  void operator()(const Annotation& event) const {
    add("event", "annotation");
    add("job", event.job);
    add("step", event.step);
    add("level", kind_name(event.level));
    add("message", event.message);
    add.library("properties", event.properties);
  }

  void operator()(const StepFinished& event) const {
    add("event", "step.finished");
    add("job", event.job);
    add("step", event.step);
    add("name", event.name);
    add("conclusion", workflow::to_string(event.conclusion));
    add("outcome", workflow::to_string(event.outcome));
    add("duration_ms", event.duration.count());
    if (!event.reason.empty()) add("reason", event.reason);
  }

  void operator()(const StepSummary& event) const {
    add("event", "step.summary");
    add("job", event.job);
    add("step", event.step);
    add("markdown", event.markdown);
  }

  void operator()(const ImagePushed& event) const {
    add("event", "image.pushed");
    add("job", event.job);
    add("step", event.step);
    add_members(event.image, add);
  }

  void operator()(const ImageBuilt& event) const {
    add("event", "image.built");
    add("job", event.job);
    add("step", event.step);
    add.library("refs", event.refs);
    add("digest", event.digest);
    add("pushed", false);
    add("reason", event.reason);
  }

  void operator()(const JobFinished& event) const {
    add("event", "job.finished");
    add("job", event.job);
    add("name", event.name);
    add("conclusion", workflow::to_string(event.conclusion));
    add("duration_ms", event.duration.count());
    if (!event.reason.empty()) add("reason", event.reason);
  }

  void operator()(const Notice& event) const {
    add("event", "notice");
    add("text", event.text);
  }

  void operator()(const RunFinished& event) const {
    add("event", "run.finished");
    add("conclusion", to_string(event.conclusion));
    add("exit_code", event.exit_code);
    auto& images = add.member("images");
    images += '[';
    for (const auto& image : event.images) {
      if (&image != &event.images.front()) images += ',';
      ObjectWriter object(images);
      add_members(image, object);
    }
    images += ']';
    add("note", event.note);
  }
};

}  // namespace

std::string format_time(std::chrono::system_clock::time_point time) {
  const auto milliseconds = std::chrono::floor<std::chrono::milliseconds>(time);
  const auto seconds = std::chrono::floor<std::chrono::seconds>(milliseconds);
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
      (milliseconds - seconds).count());
}

std::string event_json(const Event& event) {
  std::string text;
  append_event_json(event, text);
  return text;
}

void append_event_json(const Event& event, std::string& text) {
  // Events come many in a millisecond.
  const auto now = std::chrono::floor<std::chrono::milliseconds>(event.time);
  thread_local auto last = now;
  thread_local std::string shown = format_time(now);
  if (now != last) shown = format_time(last = now);
  ObjectWriter add(text);
  add("time", shown);
  std::visit(Members{add}, event.body);
}

}  // namespace crun::runner
