#include "workflow/source/diagnostic.hpp"

#include <algorithm>
#include <string_view>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "workflow/source/unicode.hpp"

namespace crun::workflow {

namespace {

// Wider lines are cut around the caret: a minified line must not fill the screen.
constexpr std::size_t snippet_width = 160;
constexpr std::size_t longest_message = 500;  // GitHub's
constexpr std::size_t longest_note = 2000;

std::string_view name_of(Severity severity) {
  switch (severity) {
    case Severity::error:
      return "error";
    case Severity::warning:
      return "warning";
    case Severity::note:
      return "note";
  }
  return "";
}

std::string place(const SourcePtr& source, Span span) {
  if (!source) return "crun";
  if (!span.begin) return source->path();
  return fmt::format("{}:{}:{}", source->path(), span.begin.line, span.begin.column);
}

// Tabs and other control bytes would move the caret or the terminal, broken UTF-8 spoils both.
std::string printable(std::string_view text) {
  std::string clean;
  for (std::size_t at = 0; at < text.size();) {
    const auto point = code_point(text, at);
    const auto bytes = static_cast<std::size_t>(point.bytes);
    if (point.value > 0x10FFFF) {
      clean += '?';
    } else if (point.value < 0x20 || (point.value >= 0x7F && point.value < 0xA0)) {
      clean += ' ';
    } else {
      clean += text.substr(at, bytes);
    }
    at += bytes;
  }
  return clean;
}

std::size_t code_points(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char byte) {
    return (static_cast<unsigned char>(byte) & 0xC0) != 0x80;
  }));
}

std::string snippet(const SourcePtr& source, Span span) {
  if (!source || !span.begin) return {};
  const auto line = source->line(span.begin.line);
  if (line.empty()) return {};
  const auto line_start = source->offset({span.begin.line, 1});
  const auto caret = std::min(source->offset(span.begin) - line_start, line.size());
  std::size_t from = 0;
  if (line.size() > snippet_width && caret > snippet_width / 2) {
    from = std::min(caret - snippet_width / 2, line.size() - snippet_width);
    while (from < caret && (static_cast<unsigned char>(line[from]) & 0xC0) == 0x80) ++from;
  }
  const auto shown = line.substr(from, snippet_width);
  const auto before = code_points(line.substr(from, caret - from));
  std::size_t width = 1;
  if (span.end.line == span.begin.line && span.end.column > span.begin.column) {
    width = static_cast<std::size_t>(span.end.column - span.begin.column);
  } else if (span.end.line > span.begin.line) {
    width = code_points(line.substr(caret));
  }
  width = std::clamp<std::size_t>(width, 1, std::max<std::size_t>(1, code_points(shown) - before));
  const auto number = std::to_string(span.begin.line);
  return fmt::format(
      "  {} | {}\n  {} | {}{}\n",
      number,
      printable(shown),
      std::string(number.size(), ' '),
      std::string(before, ' '),
      std::string(width, '^'));
}

std::string indented(std::string_view text, std::string_view first) {
  std::string out(first);
  const std::string margin(first.size(), ' ');
  for (const char byte : text) {
    out += byte;
    if (byte == '\n') out += margin;
  }
  return out + "\n";
}

}  // namespace

Diagnostic& Diagnostics::add(Diagnostic diagnostic) {
  if (full()) {
    ++(diagnostic.severity == Severity::error ? left_out_errors_ : left_out_others_);
    return last_left_out_ = std::move(diagnostic);
  }
  all_.push_back(std::move(diagnostic));
  return all_.back();
}

void Diagnostics::append(const Diagnostics& other) {
  for (const auto& diagnostic : other.all_) add(diagnostic);
  count_left_out(other);
}

void Diagnostics::count_left_out(const Diagnostics& other) {
  left_out_errors_ += other.left_out_errors_;
  left_out_others_ += other.left_out_others_;
}

Diagnostic& Diagnostics::error(SourcePtr source, Span span, std::string code, std::string message) {
  return add(
      {Severity::error, std::move(code), std::move(source), span, std::move(message), {}, {}});
}

Diagnostic& Diagnostics::warning(
    SourcePtr source, Span span, std::string code, std::string message) {
  return add(
      {Severity::warning, std::move(code), std::move(source), span, std::move(message), {}, {}});
}

bool Diagnostics::has_errors() const {
  return count(Severity::error) > 0;
}

std::size_t Diagnostics::count(Severity severity) const {
  const auto kept = static_cast<std::size_t>(std::count_if(
      all_.begin(), all_.end(), [&](const Diagnostic& d) { return d.severity == severity; }));
  return kept + (severity == Severity::error     ? left_out_errors_
                 : severity == Severity::warning ? left_out_others_
                                                 : 0);
}

void Diagnostics::sort() {
  const auto key = [](const Diagnostic& d) {
    return std::tuple(d.source ? d.source->path() : std::string(), d.span.begin);
  };
  std::stable_sort(all_.begin(), all_.end(), [&](const Diagnostic& a, const Diagnostic& b) {
    return key(a) < key(b);
  });
}

std::string render(const Diagnostic& diagnostic) {
  std::string out = fmt::format(
      "{}: {}: {}\n",
      place(diagnostic.source, diagnostic.span),
      name_of(diagnostic.severity),
      shortened(diagnostic.message, longest_message, "[...]"));
  out += snippet(diagnostic.source, diagnostic.span);
  for (const auto& note : diagnostic.notes) {
    if (note.source) {
      const auto text = shortened(note.text, longest_note);
      out += fmt::format("  {}: note: {}\n", place(note.source, note.span), text);
    } else {
      out += indented(shortened(note.text, longest_note), "  note: ");
    }
  }
  if (!diagnostic.help.empty()) {
    out += indented(shortened(diagnostic.help, longest_note), "  help: ");
  }
  return out;
}

std::string render(const Diagnostics& diagnostics) {
  std::string out;
  for (const auto& diagnostic : diagnostics.all()) out += render(diagnostic);
  if (const auto more = diagnostics.left_out(); more > 0) {
    out += fmt::format("and {} more {}\n", more, more == 1 ? "finding" : "findings");
  }
  return out;
}

}  // namespace crun::workflow
