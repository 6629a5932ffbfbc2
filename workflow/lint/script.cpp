#include "workflow/lint/script.hpp"

#include <algorithm>
#include <utility>

namespace crun::workflow {

namespace {

// More would not pass GitHub's limit on the length of what it makes of them.
constexpr std::size_t most_expressions = 2000;

// The text was checked when it was read; here every name will do.
const ExpressionNames& all_names() {
  static const ExpressionNames names = {
      {"github",
       "env",
       "vars",
       "job",
       "jobs",
       "steps",
       "runner",
       "secrets",
       "strategy",
       "matrix",
       "needs",
       "inputs"},
      {{"success", 0, 255},
       {"failure", 0, 255},
       {"always", 0, 0},
       {"cancelled", 0, 0},
       {"hashFiles", 1, 255}}};
  return names;
}

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

/// Goes through a script of a POSIX shell and notes how each byte is quoted. Expressions are
/// opaque: what is in them is gone before the shell sees the text.
class QuotingReader {
 public:
  explicit QuotingReader(std::string_view text) : text_(text), quoting_(text.size()) {}

  std::vector<Quoting> read() {
    while (at_ < text_.size()) {
      if (starts("${{")) {
        const auto end = text_.find("}}", at_);
        take(end == std::string_view::npos ? text_.size() - at_ : end + 2 - at_);
      } else if (quoting() == Quoting::single) {
        if (text_[at_] == '\'') levels_.pop_back();
        take(1);
      } else if (text_[at_] == '\\') {
        take(2);
      } else if (starts("$(")) {
        take(2);
        levels_.push_back(Quoting::plain);
      } else if (quoting() == Quoting::doubled) {
        if (text_[at_] == '"') levels_.pop_back();
        take(1);
      } else {
        read_plain();
      }
    }
    return std::move(quoting_);
  }

 private:
  Quoting quoting() const { return levels_.empty() ? Quoting::plain : levels_.back(); }
  bool starts(std::string_view what) const { return text_.substr(at_).starts_with(what); }
  void take(std::size_t count, Quoting as) {
    for (; count > 0 && at_ < text_.size(); --count) quoting_[at_++] = as;
  }
  void take(std::size_t count) { take(count, quoting()); }

  void read_plain() {
    const char c = text_[at_];
    if (c == '\'' || c == '"') {
      take(1);
      levels_.push_back(c == '"' ? Quoting::doubled : Quoting::single);
    } else if (c == ')' && !levels_.empty()) {
      levels_.pop_back();
      take(1);
    } else if (
        c == '#' &&
        (at_ == 0 || std::string_view(" \t\n;").find(text_[at_ - 1]) != std::string_view::npos)) {
      const auto end = text_.find('\n', at_);
      take((end == std::string_view::npos ? text_.size() : end) - at_, Quoting::comment);
    } else if (starts("<<") && !starts("<<<")) {
      take(2);
      read_delimiter();
    } else if (starts("<<<")) {
      take(3);
    } else {
      take(1);
      if (c == '\n' && !delimiter_.empty()) read_heredoc();
    }
  }

  void read_delimiter() {
    if (starts("-")) take(1);
    while (starts(" ")) take(1);
    const auto end = text_.find_first_of(" \t\n;|&>)", at_);
    for (const char c : text_.substr(at_, end == std::string_view::npos ? end : end - at_)) {
      if (c != '\'' && c != '"' && c != '\\') delimiter_ += c;
    }
    take((end == std::string_view::npos ? text_.size() : end) - at_);
  }

  void read_heredoc() {
    while (at_ < text_.size()) {
      const auto end = text_.find('\n', at_);
      const auto line = text_.substr(at_, end == std::string_view::npos ? end : end - at_);
      const bool last = trimmed(line) == delimiter_;
      take(line.size() + 1, Quoting::heredoc);
      if (last) break;
    }
    delimiter_.clear();
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::vector<Quoting> levels_;  // innermost last; $( ) begins a plain one
  std::string delimiter_;        // of a here-document that begins on the next line
  std::vector<Quoting> quoting_;
};

}  // namespace

Script::Script(const Token* scalar) : scalar_(scalar) {
  if (!scalar) return;
  text_ = scalar->raw.empty() ? scalar->text : scalar->raw;
  quoting_ = QuotingReader(text_).read();
  lines_ = static_cast<int>(std::count(text_.begin(), text_.end(), '\n')) + 1;
  find_expressions();
}

void Script::find_expressions() {
  std::size_t opened = 0;
  for (auto at = text_.find("${{"); at != std::string::npos; at = text_.find("${{", at + 1)) {
    if (++opened > most_expressions) return;
  }
  if (opened == 0) return;
  try {
    const auto pieces = split_text(text_, all_names());
    for (std::size_t i = 0; i < pieces.size(); ++i) {
      if (!pieces[i].expression) continue;
      const auto end = i + 1 < pieces.size() ? pieces[i + 1].offset : text_.size();
      const auto offset = pieces[i].offset;
      expressions_.push_back({*pieces[i].expression, offset, end - offset, quoting_at(offset)});
    }
  } catch (const ExpressionError&) {
    expressions_.clear();  // reported by the reader
  }
}

Quoting Script::quoting_at(std::size_t offset) const {
  return offset < quoting_.size() ? quoting_[offset] : Quoting::plain;
}

std::size_t Script::line_start(std::size_t offset) const {
  if (offset == 0) return 0;
  const auto before = text_.rfind('\n', offset - 1);
  return before == std::string::npos ? 0 : before + 1;
}

std::string_view Script::line_at(std::size_t offset) const {
  const auto begin = line_start(offset);
  return std::string_view(text_).substr(begin, text_.find('\n', begin) - begin);
}

Span Script::place(std::size_t offset, std::size_t length) const {
  if (!scalar_ || !scalar_->source) return {};
  // Lines of a block stand in the file as they are, only indented: find them one after the other.
  const auto& source = *scalar_->source;
  const auto first = scalar_->span.begin;
  auto& [begin, number, from, lost] = walk_;
  if (offset < begin || number == 0) {
    walk_ = {0, first.line, source.offset(first) - source.offset({first.line, 1}), false};
  }
  while (begin <= offset && !lost) {
    const auto line = line_at(begin);
    const auto wanted = trimmed(line);
    const auto end = begin + line.size();
    auto found = std::string_view::npos;
    for (; !wanted.empty() && number <= first.line + lines_; ++number, from = 0) {
      found = source.line(number).find(wanted, from);
      if (found != std::string_view::npos) break;
    }
    lost = !wanted.empty() && found == std::string_view::npos;
    if (lost) break;
    if (offset <= end && !wanted.empty()) {
      const auto indent = static_cast<std::size_t>(wanted.data() - line.data());
      const auto at = source.offset({number, 1}) + found + offset - begin - indent;
      return {source.position(at), source.position(at + length)};
    }
    ++number;
    from = 0;
    begin = end + 1;
  }
  return {first, first};
}

}  // namespace crun::workflow
