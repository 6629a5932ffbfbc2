#include "tests/conformance/workflow_findings.hpp"

#include <fmt/format.h>

namespace crun::conformance {

namespace {

constexpr std::size_t most_findings = 10;
constexpr std::size_t longest_message = 500;

std::string with_place(const std::string& path, workflow::Position at, const std::string& text) {
  if (!at) return fmt::format("{}: {}", path, text);
  return fmt::format("{} (Line: {}, Col: {}): {}", path, at.line, at.column, text);
}

Finding told(const workflow::Diagnostic& diagnostic) {
  Finding finding;
  finding.text = diagnostic.message;
  finding.message = diagnostic.message;
  if (diagnostic.source) {
    finding.file = diagnostic.source->path();
    finding.line = diagnostic.span.begin.line;
    finding.column = diagnostic.span.begin.column;
    finding.message = with_place(finding.file, diagnostic.span.begin, diagnostic.message);
  }
  if (finding.message.size() > longest_message) {
    finding.message = finding.message.substr(0, longest_message) + "[...]";
  }
  for (const auto& note : diagnostic.notes) {
    if (note.text != "called from here") continue;
    // GitHub tells the place of the call, and what is wrong there in the words.
    finding.file = note.source->path();
    finding.line = note.span.begin.line;
    finding.column = note.span.begin.column;
    finding.message =
        "In " +
        with_place(finding.file, note.span.begin, "Error from called workflow " + finding.message);
  }
  return finding;
}

}  // namespace

std::string Finding::place() const {
  return fmt::format("{}:{}:{}", file, line, column);
}

std::vector<Finding> as_github_tells(const workflow::Diagnostics& diagnostics) {
  std::vector<Finding> findings;
  for (const auto& diagnostic : diagnostics.all()) {
    if (diagnostic.severity != workflow::Severity::error) continue;
    if (findings.size() == most_findings) break;
    findings.push_back(told(diagnostic));
  }
  return findings;
}

}  // namespace crun::conformance
