#include "runner/server/event_stream.hpp"

#include <charconv>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "runner/server/run_json.hpp"

namespace crun::runner {

using json = nlohmann::ordered_json;

namespace {

constexpr std::string_view id_of_made_up_end = "end";
constexpr std::size_t piece_size = 64 * 1024;

std::uint64_t offset_of(std::string_view id) {
  std::uint64_t offset = 0;
  const auto [end, error] = std::from_chars(id.data(), id.data() + id.size(), offset);
  return error == std::errc() && end == id.data() + id.size() ? offset : 0;
}

/// Every line begins with its time, then its event: what a log line prints cannot look like this.
bool is_run_finished(std::string_view line) {
  constexpr std::string_view mark = R"("event":"run.finished",)";
  return line.substr(0, 64).find(mark) != std::string_view::npos;
}

}  // namespace

std::string made_up_end(const RunRecord& run) {
  const json object = {
      {"time", rfc3339(run.ended_ms)},
      {"event", "run.finished"},
      {"conclusion", run.conclusion},
      {"exit_code", run.exit_code},
      {"images", json::array()},
      {"note", run.reason}};
  return object.dump(-1, ' ', false, json::error_handler_t::replace);
}

EventStream::EventStream(const std::filesystem::path& journal, std::string_view last_id)
    : journal_(journal, offset_of(last_id)) {
  finished_ =
      last_id == id_of_made_up_end || is_run_finished(line_before(journal, offset_of(last_id)));
}

std::string EventStream::next(const RunRecord& run) {
  std::string text;
  while (!finished_ && text.size() < piece_size) {
    const auto line = journal_.next();
    if (!line) break;
    fmt::format_to(std::back_inserter(text), "id: {}\ndata: {}\n\n", journal_.offset(), *line);
    finished_ = is_run_finished(*line);
  }
  if (text.empty() && !finished_ && run.state == RunState::ended) {
    text = fmt::format("id: {}\ndata: {}\n\n", id_of_made_up_end, made_up_end(run));
    finished_ = true;
  }
  return text;
}

}  // namespace crun::runner
