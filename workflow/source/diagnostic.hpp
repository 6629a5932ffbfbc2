// What is wrong with a user's file, as data: collected while reading goes on, rendered at the edge.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "workflow/source/source_file.hpp"
#include "workflow/source/span.hpp"

namespace crun::workflow {

enum class Severity { error, warning, note };

/// Another place that matters to a diagnostic, such as the first of two equal keys.
struct DiagnosticNote {
  SourcePtr source;  // may be null: a note without a place
  Span span;
  std::string text;
};

/// One finding. `message` says what and why in GitHub's words where GitHub has words for it; `help`
/// is the cure and may have several lines (a corrected block of YAML).
struct Diagnostic {
  Severity severity = Severity::error;
  std::string code;  // short and stable: "duplicate-key", "unknown-ref"
  SourcePtr source;  // may be null: about the call, not about a file
  Span span;
  std::string message;
  std::vector<DiagnosticNote> notes;
  std::string help;
};

/// The findings of one reading, in the order they were made. A hundred are kept, more than anybody
/// reads; the others are only counted.
class Diagnostics {
 public:
  static constexpr std::size_t most = 100;

  /// Adds a finding and gives it back so that notes and help can be filled in.
  Diagnostic& add(Diagnostic diagnostic);
  Diagnostic& error(SourcePtr source, Span span, std::string code, std::string message);
  Diagnostic& warning(SourcePtr source, Span span, std::string code, std::string message);

  /// All of another reading.
  void append(const Diagnostics& other);
  /// What another reading has only counted; for those who add its findings one by one.
  void count_left_out(const Diagnostics& other);

  const std::vector<Diagnostic>& all() const { return all_; }
  /// Is every further finding only counted?
  bool full() const { return all_.size() >= most; }
  std::size_t left_out() const { return left_out_errors_ + left_out_others_; }
  bool has_errors() const;
  std::size_t count(Severity severity) const;
  /// Sorts by file and place, keeping the order of findings at the same place.
  void sort();

 private:
  std::vector<Diagnostic> all_;
  Diagnostic last_left_out_;
  std::size_t left_out_errors_ = 0;
  std::size_t left_out_others_ = 0;
};

/// For people: `path:line:column: error: message`, the line with a caret below, notes, help.
/// Ends with a line break. No colours, no control bytes.
std::string render(const Diagnostic& diagnostic);
std::string render(const Diagnostics& diagnostics);

}  // namespace crun::workflow
