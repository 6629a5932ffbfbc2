// What the page of a run shows, read from its journal: jobs, steps, lines, annotations, images.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace crun::runner {

struct PageLine {
  std::string kind;  // of log events: "text", "group", "error" ...
  std::string text;
};

struct PageStep {
  int number = 0;  // 0: what the job itself says
  std::string name;
  std::string conclusion;  // empty while it runs
  std::string reason;
  std::string summary;  // Markdown, as text
  std::int64_t duration_ms = 0;
  std::vector<PageLine> lines;
  std::size_t lines_left_out = 0;  // before `lines`
};

struct PageJob {
  std::string id, name;
  std::string conclusion;  // empty while it runs
  std::string reason;
  std::int64_t duration_ms = 0;
  std::vector<PageStep> steps;
};

struct PageAnnotation {
  std::string level, job, message, title, place;  // place: "services/go/main.go:12:3"
};

struct PageImage {
  std::string ref, digest, state, detail;
  bool verified = false;
};

struct RunPage {
  std::string name;              // of the workflow
  std::string conclusion, note;  // of run.finished; empty before
  std::vector<PageJob> jobs;
  std::vector<PageAnnotation> annotations;
  std::vector<PageImage> images;
  std::vector<std::string> notices;
  std::size_t lines = 0, lines_left_out = 0;
  std::uint64_t last_id = 0;  // of the last event that is in here: live events go on from there
};

constexpr std::size_t max_page_lines = 5000;

/// Of a large log the last `max_lines` lines are kept. What is not an event is passed over.
RunPage read_run_page(const std::filesystem::path& journal, std::size_t max_lines = max_page_lines);

}  // namespace crun::runner
