#include "runner/render/plain_sink.hpp"

#include <algorithm>
#include <string_view>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "runner/render/printable.hpp"

namespace crun::runner {

using namespace executor;

namespace {

constexpr auto silence = std::chrono::seconds(15);

constexpr const char* red = "31";
constexpr const char* green = "32";
constexpr const char* yellow = "33";
constexpr const char* cyan = "36";
constexpr const char* faint = "2";
constexpr const char* bold = "1";

const char* colour_of(Conclusion conclusion) {
  switch (conclusion) {
    case Conclusion::success:
      return green;
    case Conclusion::failure:
      return red;
    case Conclusion::cancelled:
      return yellow;
    case Conclusion::skipped:
      return faint;
  }
  return faint;
}

std::string format_duration(std::chrono::milliseconds duration) {
  const auto milliseconds = duration.count();
  if (milliseconds < 60'000)
    return fmt::format("{:.1f} s", static_cast<double>(milliseconds) / 1e3);
  return fmt::format("{} min {} s", milliseconds / 60'000, milliseconds / 1000 % 60);
}

std::string format_size(std::uint64_t bytes) {
  if (bytes == 0) return "-";
  if (bytes < 1'000'000) return fmt::format("{:.1f} kB", static_cast<double>(bytes) / 1e3);
  return fmt::format("{:.1f} MB", static_cast<double>(bytes) / 1e6);
}

template <class Callback>
void each_line(std::string_view text, Callback callback) {
  while (true) {
    const auto end = text.find('\n');
    callback(text.substr(0, end));
    if (end == std::string_view::npos) return;
    text.remove_prefix(end + 1);
  }
}

std::string short_digest(const std::string& digest) {
  return digest.substr(0, 7 + 16);
}

}  // namespace

void PlainSink::line(const std::string& text) {
  output_.text() += text;
  output_.text() += '\n';
  output_.wrote();
}

std::string PlainSink::paint(const char* colour, const std::string& text) const {
  return colours_ ? fmt::format("\x1b[{}m{}\x1b[0m", colour, text) : text;
}

const std::string& PlainSink::name_of(const std::string& job) const {
  const auto found = legs_.find(job);
  return found == legs_.end() || found->second.name.empty() ? job : found->second.name;
}

void PlainSink::on_event(const Event& event) {
  std::visit([&](const auto& body) { write(body, event.time); }, event.body);
}

void PlainSink::write(const RunStarted& event, Time time) {
  began_ = time;
  if (!event.title.empty()) line(paint(bold, printable(event.title)));
  line(fmt::format(
      "{} ({}), {} of {} at {}",
      paint(bold, printable(event.name)),
      printable(event.workflow),
      event.event,
      printable(event.ref),
      event.sha.substr(0, 7)));
}

void PlainSink::write(const JobStarted& event, Time time) {
  legs_[event.job] = {printable(event.name), {}, 0, time, time, {}, true};
  line(fmt::format("{}: started", paint(bold, name_of(event.job))));
}

void PlainSink::write(const StepStarted& event, Time time) {
  auto& leg = legs_[event.job];
  leg.step = printable(event.name);
  leg.number = event.step;
  leg.step_began = leg.last_word = time;
  leg.headers.insert(event.step);
  line(fmt::format("{}: {} {}", name_of(event.job), paint(cyan, "step"), leg.step));
}

void PlainSink::write(const LogLine& event, Time time) {
  auto& leg = legs_[event.job];
  leg.last_word = time;
  if (leg.headers.count(event.step) > 0) {
    if (event.kind == LogLine::Kind::endgroup) leg.headers.erase(event.step);
    if (event.kind == LogLine::Kind::group || event.kind == LogLine::Kind::command ||
        event.kind == LogLine::Kind::endgroup) {
      return;
    }
  }
  std::string mark;
  switch (event.kind) {
    case LogLine::Kind::endgroup:
    case LogLine::Kind::debug:
      return;
    case LogLine::Kind::group:
      mark = paint(cyan, "> ");
      break;
    case LogLine::Kind::notice:
      mark = paint(cyan, "notice: ");
      break;
    case LogLine::Kind::warning:
      mark = paint(yellow, "warning: ");
      break;
    case LogLine::Kind::error:
      mark = paint(red, "error: ");
      break;
    default:
      break;
  }
  const auto& name = leg.name.empty() ? event.job : leg.name;
  each_line(event.line, [&](std::string_view text) {
    output_.text().append(name).append(" | ").append(mark);
    append_printable(text, output_.text());
    output_.text() += '\n';
    output_.wrote();
  });
}

/// Those of a job's steps are one text, as on GitHub.
void PlainSink::write(const StepSummary& event, Time) {
  const auto& name = name_of(event.job);
  auto found = std::find_if(
      summaries_.begin(), summaries_.end(), [&](const auto& entry) { return entry.first == name; });
  if (found == summaries_.end()) found = summaries_.emplace(found, name, "");
  found->second += event.markdown;
  if (!found->second.ends_with('\n')) found->second += '\n';
}

void PlainSink::write(const StepFinished& event, Time) {
  const auto name = printable(event.name);
  const auto reason = printable(event.reason);
  if (event.conclusion == Conclusion::skipped) {
    const auto why = reason.empty() ? "" : fmt::format(" ({})", reason);
    line(paint(faint, fmt::format("{}: skipped {}{}", name_of(event.job), name, why)));
  } else if (event.conclusion != Conclusion::success || event.outcome != event.conclusion) {
    line(fmt::format(
        "{}: {} {} after {}{}{}",
        name_of(event.job),
        paint(colour_of(event.outcome), std::string(workflow::to_string(event.outcome))),
        name,
        format_duration(event.duration),
        reason.empty() ? "" : ": ",
        reason));
  }
}

void PlainSink::write(const ImagePushed& event, Time) {
  const auto& image = event.image;
  std::string text = fmt::format(
      "{}: {} {} {}",
      name_of(event.job),
      paint(image.verified ? green : red, std::string(to_string(image.state))),
      image.ref,
      short_digest(image.digest));
  if (image.verified) text += " verified in the registry";
  if (image.state == PushedImage::State::mismatch) {
    text += fmt::format(", but the registry holds {}", short_digest(image.registry_digest));
  }
  if (!image.mapped_from.empty()) text += fmt::format(" (mapped from {})", image.mapped_from);
  if (!image.detail.empty()) text += fmt::format(": {}", printable(image.detail));
  line(text);
}

void PlainSink::write(const ImageBuilt& event, Time) {
  line(fmt::format(
      "{}: built {} {}, not pushed ({})",
      name_of(event.job),
      fmt::join(event.refs, " "),
      short_digest(event.digest),
      event.reason));
}

void PlainSink::write(const JobFinished& event, Time) {
  legs_[event.job].running = false;
  const auto name = printable(event.name);
  rows_.push_back({name, printable(event.reason), event.conclusion, event.duration});
  line(fmt::format(
      "{}: {} in {}{}{}",
      paint(bold, name),
      paint(colour_of(event.conclusion), std::string(workflow::to_string(event.conclusion))),
      format_duration(event.duration),
      event.reason.empty() ? "" : ": ",
      printable(event.reason)));
}

void PlainSink::write(const Notice& event, Time) {
  each_line(event.text, [&](std::string_view text) { line(printable(text)); });
}

void PlainSink::write(const RunFinished& event, Time time) {
  if (event.conclusion == RunConclusion::invalid ||
      event.conclusion == RunConclusion::not_triggered) {
    return;  // stderr has the reason
  }
  summary(event);
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(time - began_);
  const bool good = event.conclusion == RunConclusion::success;
  line(fmt::format(
      "{} in {}",
      paint(good ? green : red, std::string(to_string(event.conclusion))),
      format_duration(took)));
}

void PlainSink::summary(const RunFinished& event) {
  line("");
  std::size_t width = 0;
  for (const auto& row : rows_) width = std::max(width, row.name.size());
  for (const auto& row : rows_) {
    const auto conclusion = fmt::format("{:<9}", workflow::to_string(row.conclusion));
    line(fmt::format(
        "  {} {:<{}}  {:>8}  {}",
        paint(colour_of(row.conclusion), conclusion),
        row.name,
        width,
        format_duration(row.duration),
        row.reason));
  }
  if (!event.images.empty()) image_table(event.images);
  for (const auto& [name, markdown] : summaries_) {
    line("");
    line(paint(bold, fmt::format("Summary of {}", name)));
    const auto end = markdown.find_last_not_of('\n');
    each_line(std::string_view(markdown).substr(0, end + 1), [&](std::string_view text) {
      line("  " + printable(text));
    });
  }
  if (!event.note.empty()) {
    line("");
    each_line(event.note, [&](std::string_view text) { line(printable(text)); });
  }
}

void PlainSink::image_table(const std::vector<PushedImage>& images) {
  std::size_t width = 5;
  for (const auto& image : images) width = std::max(width, image.ref.size());
  line("");
  line(paint(
      faint,
      fmt::format(
          "  {:<8}  {:<{}}  {:<23}  {:>9}  {:<8}  {}",
          "state",
          "image",
          width,
          "digest",
          "size",
          "cached",
          "platforms")));
  for (const auto& image : images) {
    const auto cached = image.total_steps > 0
                            ? fmt::format("{}/{}", image.cached_steps, image.total_steps)
                            : std::string("-");
    const auto state = fmt::format("{:<8}", to_string(image.state));
    line(fmt::format(
        "  {}  {:<{}}  {}  {:>9}  {:<8}  {}{}",
        paint(image.verified ? green : red, state),
        image.ref,
        width,
        short_digest(image.digest),
        format_size(image.size),
        cached,
        fmt::join(image.platforms, ","),
        image.verified ? "  verified" : "  not verified"));
  }
}

void PlainSink::heartbeat(Time now) {
  for (auto& [job, leg] : legs_) {
    if (!leg.running || leg.number == 0 || now - leg.last_word < silence) continue;
    leg.last_word = now;
    const auto since = std::chrono::duration_cast<std::chrono::milliseconds>(now - leg.step_began);
    line(paint(
        faint,
        fmt::format(
            "{}: still at step {} {}, {}",
            leg.name,
            leg.number,
            leg.step,
            format_duration(since))));
  }
}

}  // namespace crun::runner
