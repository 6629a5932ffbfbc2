#include "workflow/yaml/tolerance.hpp"

#include <algorithm>

namespace crun::workflow {

namespace {

constexpr auto npos = std::string_view::npos;
constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

std::size_t indentation(std::string_view line) {
  return std::min(line.find_first_not_of(' '), line.size());
}

// Stands for a question mark while the parser reads: a control character that no text may have.
constexpr char hidden_question_mark = '\x01';

// An escape sequence can bring the control character in; then there are two of a kind.
bool may_escape_it(std::string_view text) {
  for (const std::string_view escape : {"\\x01", "\\u0001", "\\U00000001"}) {
    if (text.find(escape) != npos) return true;
  }
  return false;
}

// A question mark may begin a key only where a key can begin.
bool within_text(std::string_view text, std::size_t at) {
  const auto before = text.substr(0, at).find_last_not_of(" \t");
  if (before == npos) return false;
  const bool apart = before + 1 != at;
  return std::string_view("\r\n{[,").find(text[before]) == npos &&
         !(apart && std::string_view("-?:").find(text[before]) != npos);
}

void hide_question_marks(RewrittenText& rewritten) {
  auto& text = rewritten.text;
  auto at = text.find('?');
  if (at == npos || may_escape_it(text)) return;
  for (; at != npos; at = text.find('?', at + 1)) {
    if (!within_text(text, at)) continue;
    text[at] = hidden_question_mark;
    rewritten.hides = true;
  }
}

// With its line break.
std::string_view line_at(std::string_view text, std::size_t begin) {
  const auto end = text.find('\n', begin);
  return text.substr(begin, end == npos ? npos : end - begin + 1);
}

std::string_view without_break(std::string_view line) {
  if (line.ends_with('\n')) line.remove_suffix(1);
  return line;
}

bool is_blank(std::string_view line) {
  return line.find_first_not_of(" \r") == npos;
}

// The place of the | or > that ends a line (but for its indicators and a comment), or npos.
std::size_t block_header(std::string_view line) {
  const auto comment = line.find(" #");
  if (comment != npos) line = line.substr(0, comment);
  const auto last = line.find_last_not_of(" \r+-123456789");
  if (last == npos || last == 0 || (line[last] != '|' && line[last] != '>')) return npos;
  return line[last - 1] == ' ' ? last : npos;
}

// Does `- ` and then an anchor or a tag stand before the header, and nothing else?
bool follows_property(std::string_view before_header) {
  auto rest = before_header.substr(indentation(before_header));
  if (!rest.starts_with("- ")) return false;
  rest.remove_prefix(2);
  rest.remove_prefix(indentation(rest));
  if (!rest.starts_with('&') && !rest.starts_with('!')) return false;
  const auto space = rest.find(' ');
  return space != npos && rest.find_first_not_of(' ', space) == npos;
}

// The column of the key or dash that a block scalar belongs to; its lines are deeper.
std::size_t parent_column(std::string_view before_header) {
  auto column = indentation(before_header);
  while (before_header.substr(column).starts_with("- ")) {
    const auto next = column + 1 + indentation(before_header.substr(column + 1));
    if (next == before_header.size()) break;
    column = next;
  }
  return column;
}

class Rewriter {
 public:
  explicit Rewriter(std::string_view text) : text_(text) {}

  RewrittenText run() {
    if (text_.starts_with(byte_order_mark)) {
      at_ = byte_order_mark.size();
      shifted();
    }
    while (at_ < text_.size()) {
      const auto line = line_at(text_, at_);
      const auto header = block_header(without_break(line));
      if (header != npos && follows_property(line.substr(0, header))) {
        copy(header);
        insert("\n" + std::string(indentation(line) + 1, ' '));
        copy(line.size() - header);
      } else {
        copy(line.size());
      }
      if (header != npos) copy_blank_head();
    }
    return std::move(result_);
  }

 private:
  void copy(std::size_t bytes) {
    result_.text += text_.substr(at_, bytes);
    at_ += bytes;
  }

  void insert(const std::string& text) {
    result_.text += text;
    shifted();
  }

  void shifted() {
    const auto shift =
        static_cast<std::ptrdiff_t>(at_) - static_cast<std::ptrdiff_t>(result_.text.size());
    result_.shifts.emplace_back(result_.text.size(), shift);
  }

  // Blank lines before the text lose what is deeper than its first line.
  void copy_blank_head() {
    auto end = at_;
    while (end < text_.size() && is_blank(without_break(line_at(text_, end))))
      end += line_at(text_, end).size();
    const auto depth = indentation(without_break(line_at(text_, end)));
    while (at_ < end) {
      const auto line = line_at(text_, at_);
      const auto spaces = indentation(line);
      if (spaces > depth) {
        copy(depth);
        at_ += spaces - depth;
        shifted();
        copy(line.size() - spaces);
      } else {
        copy(line.size());
      }
    }
  }

  std::string_view text_;
  std::size_t at_ = 0;
  RewrittenText result_;
};

}  // namespace

std::size_t RewrittenText::original(std::size_t offset) const {
  const auto next = std::upper_bound(
      shifts.begin(), shifts.end(), offset, [](std::size_t wanted, const auto& shift) {
        return wanted < shift.first;
      });
  if (next == shifts.begin()) return offset;
  return static_cast<std::size_t>(static_cast<std::ptrdiff_t>(offset) + std::prev(next)->second);
}

RewrittenText as_it_is(std::string_view text) {
  const bool marked = text.starts_with(byte_order_mark);
  RewrittenText rewritten;
  if (marked) {
    text.remove_prefix(byte_order_mark.size());
    rewritten.shifts.emplace_back(0, byte_order_mark.size());
  }
  rewritten.text = text;
  hide_question_marks(rewritten);
  return rewritten;
}

RewrittenText tolerate(std::string_view text) {
  auto rewritten = Rewriter(text).run();
  hide_question_marks(rewritten);
  return rewritten;
}

std::string show_question_marks(std::string text) {
  std::replace(text.begin(), text.end(), hidden_question_mark, '?');
  return text;
}

std::string restore_kept_breaks(std::string value, std::string_view text, std::size_t header) {
  const auto line_begin = text.substr(0, header).rfind('\n') + 1;  // npos + 1 is 0
  auto line = line_at(text, header);
  const bool kept = line.substr(0, 3).find('+') != npos;
  // Ends in spaces: of a blank line that is deeper than the text and therefore part of it.
  const auto last = value.find_last_not_of('\n');
  if (!kept || last == npos || value[last] == ' ') return value;
  const auto parent = parent_column(text.substr(line_begin, header - line_begin));
  std::size_t breaks = 0;
  for (auto at = header + line.size(); at < text.size(); at += line.size()) {
    line = line_at(text, at);
    const bool blank = is_blank(without_break(line));
    if (!blank && indentation(line) <= parent) break;
    if (!blank) breaks = 0;
    if (line.ends_with('\n')) ++breaks;
  }
  value.resize(last + 1);
  value.append(breaks, '\n');
  return value;
}

}  // namespace crun::workflow
