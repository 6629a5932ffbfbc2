#include "workflow/yaml/mistake.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "workflow/source/unicode.hpp"
#include "workflow/yaml/written_scalar.hpp"

namespace crun::workflow {

namespace {

constexpr auto npos = std::string_view::npos;
constexpr auto code = "yaml";

Span place(const SourcePtr& source, std::size_t offset) {
  const auto position = source->position(offset);
  return {position, position};
}

void fail(
    const SourcePtr& source,
    std::size_t offset,
    std::string message,
    std::string help,
    Diagnostics& diagnostics) {
  diagnostics.error(source, place(source, offset), code, std::move(message)).help = std::move(help);
}

// One failed parse seen from several sides; each question asks for one cause.
class Explainer {
 public:
  Explainer(const SourcePtr& source, const ParseFailure& failure, Diagnostics& diagnostics)
      : source_(source),
        text_(source->text()),
        at_(std::min(failure.offset, text_.size())),
        failure_(failure),
        diagnostics_(diagnostics) {}

  void run() {
    if (tab() || alias() || open_bracket() || bad_start() || bad_escape() || after_quote()) return;
    if (says("illegal map value") && map_value()) return;
    if (says("illegal block entry")) {
      return report(
          at_,
          "Invalid YAML: a list item ('- ') cannot stand here",
          "Start the list on a line of its own, below its key.");
    }
    if (says("illegal flow end")) {
      return report(at_, fmt::format("Invalid YAML: '{}' closes nothing", byte(at_)), "");
    }
    if (says("in scalar")) {
      return report(at_, "Invalid YAML: here a quoted text is not closed yet", "");
    }
    if (says("bad file")) {
      return report(at_, "Invalid YAML: it is nested too deeply", "");
    }
    if (says("end of map not found") || says("end of sequence not found")) {
      return report(at_, bad_indentation, align_help);
    }
    report(at_, fmt::format("Invalid YAML: {}", failure_.message), "");
  }

 private:
  static constexpr auto bad_indentation =
      "Invalid YAML: the indentation of this line fits none of the lines above";
  static constexpr auto align_help =
      "Keys of one mapping and items of one list must begin in the same column.";

  bool says(std::string_view message) const { return failure_.message.find(message) != npos; }

  char byte(std::size_t at) const { return at < text_.size() ? text_[at] : '\0'; }

  std::size_t line_start(std::size_t at) const {
    const auto before = at == 0 ? npos : text_.rfind('\n', at - 1);
    return before == npos ? 0 : before + 1;
  }

  void report(std::size_t offset, std::string message, std::string help) {
    auto& error = diagnostics_.error(source_, place(source_, offset), code, std::move(message));
    error.help = std::move(help);
    if (failure_.last_quote && *failure_.last_quote < offset) {
      error.notes.push_back(
          {source_,
           place(source_, *failure_.last_quote),
           "a quoted text of several lines begins here; is its closing quote missing?"});
    }
  }

  bool tab() {
    const auto start = line_start(at_);
    const auto end = text_.find_first_not_of(" \t", start);
    const auto tab = text_.substr(0, std::min(end, text_.size())).find('\t', start);
    if (tab == npos) return false;
    report(tab, "Invalid YAML: a tab character cannot indent a line", "Indent with spaces only.");
    return true;
  }

  bool alias() {
    const bool unknown = says("anchor is not defined");
    const auto star = text_.rfind('*', at_);
    if ((!unknown && !says("alias")) || star == npos) return false;
    const auto written = text_.substr(star, alias_end(text_, star) - star);
    report(
        star,
        unknown ? fmt::format("Unknown anchor '{}'", written.substr(1))
                : "Invalid YAML: a name must follow '*'",
        fmt::format("A text that begins with '*' must stand in quotes: '{}'", written));
    return true;
  }

  // An error on a later line than an open bracket is the bracket's.
  bool open_bracket() {
    if (!failure_.open_bracket) return false;
    const auto open = *failure_.open_bracket;
    if (!says("flow not found") && line_start(at_) <= open) return false;
    const char close = byte(open) == '[' ? ']' : '}';
    report(
        open,
        fmt::format("Invalid YAML: this '{}' is never closed", byte(open)),
        fmt::format("Add the missing '{}', or put the text in quotes.", close));
    return true;
  }

  bool bad_start() {
    if (!says("unknown token")) return false;
    report(
        at_,
        fmt::format("Invalid YAML: a text cannot begin with '{}'", byte(at_)),
        "Put the text in quotes.");
    return true;
  }

  bool bad_escape() {
    if (!says("unknown escape") && !says("hex number")) return false;
    report(
        std::min(text_.rfind('\\', at_), at_),
        "Invalid YAML: unknown escape in a double-quoted text",
        "Write a backslash as \\\\, or use single quotes, where it means nothing.");
    return true;
  }

  // 'it's' and "a" b: the quotes closed too early.
  bool after_quote() {
    if (!says("end of map not found") && !says("end of sequence not found")) return false;
    const auto line = text_.substr(line_start(at_), at_ - line_start(at_));
    const auto last = line.find_last_not_of(' ');
    if (last == npos || (line[last] != '\'' && line[last] != '"')) return false;
    report(
        at_,
        "Invalid YAML: there is more text after the closing quote",
        "A single quote within single quotes is written twice, a double quote within double quotes "
        "as \\\".");
    return true;
  }

  bool map_value() {
    const auto start = line_start(at_);
    const auto line = text_.substr(start, at_ - start);
    const auto earlier = std::min(line.find(": "), line.find(":\t"));
    if (earlier != npos) {
      report(
          at_,
          "Invalid YAML: a second ': ' in one line",
          "A text with ': ' in it must stand in quotes.");
      return true;
    }
    if (line.size() > 1000) {
      report(start, "Invalid YAML: a key may have 1024 characters at most", "");
      return true;
    }
    if (!line_without_colon(start)) {
      report(
          start + std::min(line.find_first_not_of(' '), line.size()), bad_indentation, align_help);
    }
    return true;
  }

  // `a` alone on the line above is read as text that goes on here.
  bool line_without_colon(std::size_t below) {
    if (below == 0) return false;
    const auto start = line_start(below - 1);
    auto line = text_.substr(start, below - 1 - start);
    if (const auto comment = line.find(" #"); comment != npos) line = line.substr(0, comment);
    const auto first = line.find_first_not_of(" \r");
    const auto last = line.find_last_not_of(" \r");
    if (first == npos || line.find(": ") != npos || line[last] == ':' || line[first] == '-') {
      return false;
    }
    report(
        start + first,
        "Invalid YAML: this line is neither 'key: value' nor '- item'",
        "Is the colon missing?");
    return true;
  }

  const SourcePtr& source_;
  std::string_view text_;
  std::size_t at_;
  const ParseFailure& failure_;
  Diagnostics& diagnostics_;
};

}  // namespace

bool find_encoding_mistake(
    const SourcePtr& source, std::size_t max_characters, Diagnostics& diagnostics) {
  const std::string_view text = source->text();
  constexpr std::array<std::string_view, 2> utf16_marks = {"\xFF\xFE", "\xFE\xFF"};
  if (text.starts_with(utf16_marks[0]) || text.starts_with(utf16_marks[1])) {
    fail(source, 0, "This file is UTF-16", "Save it as UTF-8.", diagnostics);
    return true;
  }
  if (text.size() > max_characters && utf16_length(text) > max_characters) {
    diagnostics.error(
        source, {}, code, fmt::format("The file is larger than {} characters", max_characters));
    return true;
  }
  for (std::size_t at = 0; at < text.size();) {
    const auto point = code_point(text, at);
    const bool control =
        point.value < 0x20 && point.value != '\t' && point.value != '\n' && point.value != '\r';
    if (point.value > 0x10FFFF) {
      fail(
          source,
          at,
          "Invalid YAML: this byte is no UTF-8",
          "Save the file as UTF-8.",
          diagnostics);
      return true;
    }
    if (control) {
      fail(
          source,
          at,
          fmt::format(
              "Invalid YAML: the control character U+{:04X} is not allowed",
              static_cast<unsigned>(point.value)),
          "",
          diagnostics);
      return true;
    }
    at += static_cast<std::size_t>(point.bytes);
  }
  return false;
}

void explain(const SourcePtr& source, const ParseFailure& failure, Diagnostics& diagnostics) {
  Explainer(source, failure, diagnostics).run();
}

void explain_tag(
    const SourcePtr& source,
    Span span,
    std::string_view tag,
    std::string message,
    Diagnostics& diagnostics) {
  auto& error = diagnostics.error(source, span, code, std::move(message));
  if (!tag.starts_with('!')) return;
  const auto line = source->line(span.begin.line);
  const auto begin = source->offset(span.begin) - source->offset({span.begin.line, 1});
  auto written = line.substr(std::min(begin, line.size()));
  if (const auto comment = written.find(" #"); comment != npos)
    written = written.substr(0, comment);
  error.help = fmt::format(
      "A value that begins with '!' is a tag to YAML. Put an expression in its brackets: ${{{{ {} "
      "}}}}",
      trim(written));
}

}  // namespace crun::workflow
