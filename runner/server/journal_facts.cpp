#include "runner/server/journal_facts.hpp"

#include <cstdint>
#include <fstream>

#include <nlohmann/json.hpp>

namespace crun::runner {

namespace {

// With the images it pushed the last line can be long.
constexpr std::streamoff longest_end = 4 << 20;
// Before `run.started` come only findings about the workflow.
constexpr int lines_before_start = 2000;

/// The event's name stands behind the time, at the same place in every line.
bool is_event(const std::string& line, const char* name) {
  return line.find(std::string(R"("event":")") + name + '"') < 64;
}

}  // namespace

bool journal_started(const std::filesystem::path& journal) {
  std::ifstream stream(journal);
  std::string line;
  for (int i = 0; i < lines_before_start && std::getline(stream, line); ++i) {
    if (is_event(line, "run.started")) return true;
  }
  return false;
}

std::optional<JournalEnd> journal_end(const std::filesystem::path& journal) {
  std::ifstream stream(journal, std::ios::binary | std::ios::ate);
  if (!stream) return std::nullopt;
  const std::streamoff size = stream.tellg();
  const auto taken = std::min(size, longest_end);
  stream.seekg(size - taken);
  std::string text(static_cast<std::size_t>(taken), '\0');
  stream.read(text.data(), taken);
  if (!text.ends_with('\n')) return std::nullopt;
  text.pop_back();
  const auto line = text.substr(text.rfind('\n') + 1);
  if (!is_event(line, "run.finished")) return std::nullopt;
  const auto event = nlohmann::json::parse(line, nullptr, false);
  if (!event.is_object()) return std::nullopt;
  JournalEnd end;
  end.conclusion = event.value("conclusion", "failure");
  end.note = event.value("note", "");
  end.exit_code = event.value("exit_code", 1);
  return end;
}

}  // namespace crun::runner
