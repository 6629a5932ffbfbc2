#include "runner/server/run_page.hpp"

#include <algorithm>
#include <deque>
#include <map>
#include <string_view>
#include <unordered_map>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "runner/server/journal_reader.hpp"

namespace crun::runner {

using json = nlohmann::json;

namespace {

std::string text_of(const json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::int64_t number_of(const json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_number() ? found->get<std::int64_t>() : 0;
}

std::string place_of(const json& properties) {
  auto place = text_of(properties, "file");
  const auto line = text_of(properties, "line");
  const auto column = text_of(properties, "col");
  if (!place.empty() && !line.empty()) place += ":" + line;
  if (!place.empty() && !line.empty() && !column.empty()) place += ":" + column;
  return place;
}

/// Of a log line the members "job" and "step" as they stand in the text; empty of other events.
/// render/event_json.cpp writes them between "event" and "kind"; in a string no quote is bare.
std::string_view owner_of_log_line(std::string_view line) {
  constexpr std::string_view before = R"("event":"log",)", behind = R"(,"kind":")";
  const auto begin = line.substr(0, 64).find(before);
  if (begin == std::string_view::npos) return {};
  line.remove_prefix(begin + before.size());
  const auto end = line.find(behind);
  return end == std::string_view::npos ? std::string_view() : line.substr(0, end);
}

/// Builds the page event by event.
class PageBuilder {
 public:
  explicit PageBuilder(std::size_t max_lines) : max_lines_(max_lines) {}

  /// Most of a large journal are log lines that the page will not show: they are only counted.
  void add(std::string_view line) {
    if (const auto owner = owner_of_log_line(line); !owner.empty()) return keep_line(line, owner);
    const auto event = json::parse(line, nullptr, false);
    if (!event.is_object()) return;
    if (text_of(event, "event") != "log") return add_event(event);
    const auto owner =
        json({{"job", text_of(event, "job")}, {"step", number_of(event, "step")}}).dump();
    keep_line(line, std::string_view(owner).substr(1, owner.size() - 2));
  }

  RunPage take(std::uint64_t last_id) {
    for (const auto& [owner, count] : left_out_) {
      const auto event = json::parse("{" + owner + "}", nullptr, false);
      if (event.is_object()) step(event).lines_left_out = count;
    }
    for (const auto& line : kept_) {
      const auto event = json::parse(line, nullptr, false);
      if (event.is_object()) add_line(event);
    }
    page_.last_id = last_id;
    return std::move(page_);
  }

 private:
  void add_event(const json& event) {
    const auto kind = text_of(event, "event");
    if (kind == "run.started") page_.name = text_of(event, "name");
    if (kind == "job.started") job(event).name = text_of(event, "name");
    if (kind == "step.started") step(event).name = text_of(event, "name");
    if (kind == "annotation") add_annotation(event);
    if (kind == "step.finished") finish_step(event);
    if (kind == "step.summary") step(event).summary = text_of(event, "markdown");
    if (kind == "image.pushed") add_image(event);
    if (kind == "job.finished") finish_job(event);
    if (kind == "notice") page_.notices.push_back(text_of(event, "text"));
    if (kind == "run.finished") finish_run(event);
  }

  PageJob& job(const json& event) {
    const auto id = text_of(event, "job");
    const auto [place, added] = jobs_.emplace(id, page_.jobs.size());
    if (added) {
      auto& made = page_.jobs.emplace_back();
      made.id = made.name = id;
    }
    return page_.jobs[place->second];
  }

  PageStep& step(const json& event) {
    auto& steps = job(event).steps;
    const auto number = static_cast<int>(number_of(event, "step"));
    auto found = std::find_if(steps.rbegin(), steps.rend(), [number](const PageStep& other) {
      return other.number == number;
    });
    if (found != steps.rend()) return *found;
    auto& made = steps.emplace_back();
    made.number = number;
    if (number == 0) made.name = "The job itself";
    return made;
  }

  void keep_line(std::string_view line, std::string_view owner) {
    ++page_.lines;
    kept_.emplace_back(line);
    owners_.emplace_back(owner);
    if (kept_.size() <= max_lines_) return;
    ++left_out_[owners_.front()];
    ++page_.lines_left_out;
    kept_.pop_front();
    owners_.pop_front();
  }

  void add_line(const json& event) {
    step(event).lines.push_back({text_of(event, "kind"), text_of(event, "line")});
  }

  void add_annotation(const json& event) {
    const auto found = event.find("properties");
    const auto properties = found == event.end() ? json::object() : *found;
    page_.annotations.push_back(
        {text_of(event, "level"),
         job(event).name,
         text_of(event, "message"),
         text_of(properties, "title"),
         place_of(properties)});
  }

  void finish_step(const json& event) {
    auto& done = step(event);
    if (done.name.empty()) done.name = text_of(event, "name");
    done.conclusion = text_of(event, "conclusion");
    done.reason = text_of(event, "reason");
    done.duration_ms = number_of(event, "duration_ms");
  }

  void finish_job(const json& event) {
    auto& done = job(event);
    done.name = text_of(event, "name");
    done.conclusion = text_of(event, "conclusion");
    done.reason = text_of(event, "reason");
    done.duration_ms = number_of(event, "duration_ms");
  }

  void add_image(const json& object) {
    PageImage image;
    image.ref = text_of(object, "ref");
    image.digest = text_of(object, "digest");
    image.state = text_of(object, "state");
    image.detail = text_of(object, "detail");
    image.verified = object.value("verified", json(false)) == json(true);
    page_.images.push_back(std::move(image));
  }

  void finish_run(const json& event) {
    page_.conclusion = text_of(event, "conclusion");
    page_.note = text_of(event, "note");
  }

  std::size_t max_lines_;
  RunPage page_;
  std::unordered_map<std::string, std::size_t> jobs_;
  std::deque<std::string> kept_, owners_;  // log lines and whose they are
  std::map<std::string, std::size_t> left_out_;
};

}  // namespace

RunPage read_run_page(const std::filesystem::path& journal, std::size_t max_lines) {
  PageBuilder builder(max_lines);
  JournalReader reader(journal, 0);
  while (const auto line = reader.next()) builder.add(*line);
  return builder.take(reader.offset());
}

}  // namespace crun::runner
