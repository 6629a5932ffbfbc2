#include "executor/builtin/build_push/build_progress.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>

namespace crun::executor::builtin {
namespace {

constexpr std::size_t digest_length = 7 + 64;

/// "[2/5] RUN", "[builder 2/5] COPY", "[linux/arm64 base 1/1] FROM"; not "[internal] load ...".
bool is_dockerfile_step(std::string_view text) {
  const std::size_t end = text.find(']');
  if (!text.starts_with('[') || end == text.npos) return false;
  std::string_view inside = text.substr(1, end - 1);
  const std::size_t space = inside.rfind(' ');
  if (space != inside.npos) inside.remove_prefix(space + 1);
  const std::size_t slash = inside.find('/');
  const auto is_number = [](std::string_view part) {
    return !part.empty() &&
           std::all_of(part.begin(), part.end(), [](unsigned char c) { return std::isdigit(c); });
  };
  return slash != inside.npos && is_number(inside.substr(0, slash)) &&
         is_number(inside.substr(slash + 1));
}

std::string digest_after(std::string_view text, std::string_view words) {
  if (!text.starts_with(words)) return {};
  text.remove_prefix(words.size());
  const bool digest = text.starts_with("sha256:") && text.size() >= digest_length;
  return digest ? std::string(text.substr(0, digest_length)) : std::string();
}

}  // namespace

void BuildProgress::line(std::string_view line) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  if (!line.starts_with('#')) return;
  int number = 0;
  const auto [end, error] = std::from_chars(line.data() + 1, line.data() + line.size(), number);
  if (error != std::errc{} || end == line.data() + line.size() || *end != ' ') return;
  const std::string_view text = line.substr(static_cast<std::size_t>(end - line.data()) + 1);
  if (is_dockerfile_step(text)) {
    steps_[number].title = text;
  } else if (const auto step = steps_.find(number); step != steps_.end()) {
    if (text == "CACHED") step->second.cached = true;
    if (text.starts_with("ERROR") && failed_step_.empty()) failed_step_ = step->second.title;
  }
  if (std::string digest = digest_after(text, "exporting manifest list "); !digest.empty()) {
    index_ = digest;
  } else if (digest = digest_after(text, "exporting manifest "); !digest.empty()) {
    manifest_ = digest;
  }
}

int BuildProgress::cached_steps() const {
  return static_cast<int>(std::count_if(
      steps_.begin(), steps_.end(), [](const auto& step) { return step.second.cached; }));
}

}  // namespace crun::executor::builtin
