#include "executor/builtin/paths_filter/picomatch.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "executor/builtin/paths_filter/bracket_class.hpp"

namespace crun::executor::builtin {

namespace {

constexpr std::size_t longest_glob = 65'536;
constexpr int deepest = 200;

constexpr std::string_view any_characters = "[^/]*?";
/// Any number of segments, none of them `.` or `..`.
constexpr std::string_view globstar = "(?:(?:(?!(?:^|\\/)\\.{1,2}(?:\\/|$)).)*?)";
constexpr std::string_view no_dot_segment = "(?!\\.{1,2}(?:\\/|$))";
constexpr std::string_view one_character = "(?=.)";

/// Translates one glob. A recursive descent over groups; what a star means depends on the piece
/// before it.
class Translator {
 public:
  explicit Translator(std::string_view glob) : in_(glob) {
    // Without separators and groups a pipe is text, else it separates alternatives.
    plain_ = !in_.starts_with('*') && !in_.starts_with('!') &&
             in_.find_first_of("/()[]{}\"") == std::string_view::npos;
  }

  std::string translate() {
    sequence(in_.size());
    if (before_ == Piece::star || before_ == Piece::bracket) out_ += "\\/?";
    return std::move(out_);
  }

 private:
  enum class Piece { start, slash, dot, group_start, star, bracket, group_end, brace_end, text };

  std::string_view rest(std::size_t offset = 0) const {
    return in_.substr(std::min(at_ + offset, in_.size()));
  }
  bool at(std::string_view what) const { return rest().starts_with(what); }

  void emit(std::string_view regex, Piece piece) {
    out_ += regex;
    before_ = piece;
  }

  void literal(std::string_view text) { emit(escape_for_regex(text), Piece::text); }

  /// Up to the place where a group ends (or the glob).
  void sequence(std::size_t end) {
    while (at_ < end) {
      if (extglob_follows()) {
        extglob(end);
        continue;
      }
      switch (in_[at_]) {
        case '\\':
          escape();
          break;
        case '"':
          quoted();
          break;
        case '[':
          bracket();
          break;
        case '(':
          group(end);
          break;
        case '{':
          brace(end);
          break;
        case '*':
          stars(end);
          break;
        case '/':
          slash();
          break;
        case '?':
          question_mark();
          break;
        case '+':
          plus();
          break;
        case '.':
          emit("\\.", starts_segment() || groups_ > 0 ? Piece::dot : Piece::text);
          ++at_;
          break;
        case ',':
          emit(comma_separates_ ? "|" : ",", comma_separates_ ? Piece::group_start : Piece::text);
          ++at_;
          break;
        case '|':
          emit(plain_ ? "\\|" : "|", Piece::text);
          ++at_;
          break;
        default:
          literal(in_.substr(at_++, 1));
      }
    }
  }

  bool starts_segment() const { return before_ == Piece::start || before_ == Piece::slash; }

  // A backslash takes the meaning from the next character; before / . ; it is dropped.
  void escape() {
    const std::string_view next = rest(1).substr(0, 1);
    if (next.empty()) {
      emit("\\\\", Piece::text);
      ++at_;
    } else if (next == "/" || next == "." || next == ";") {
      ++at_;
    } else {
      emit(in_.substr(at_, 2), Piece::text);
      at_ += 2;
    }
  }

  void quoted() {
    const std::size_t end = std::min(in_.find('"', at_ + 1), in_.size());
    literal(in_.substr(at_ + 1, end - at_ - 1));
    at_ = std::min(end + 1, in_.size());
  }

  void question_mark() {
    ++at_;
    // Behind a group it says how often.
    emit(before_ == Piece::group_end ? "?" : "[^/]", Piece::text);
  }

  void plus() {
    ++at_;
    const bool repeats = before_ == Piece::bracket || before_ == Piece::group_end ||
                         before_ == Piece::brace_end ||
                         (parentheses_ > 0 && before_ != Piece::group_start);
    emit(repeats ? "+" : "\\+", Piece::text);
  }

  // A `/**` is one piece with its slash, so that `src/**` matches `src` and `a/**/b` matches `a/b`.
  void slash() {
    if (before_ != Piece::start && at("/**")) {
      const bool after_star = before_ == Piece::star;
      std::size_t length = 3;
      while (rest(length).starts_with("/**") &&
             (rest(length + 3).empty() || rest(length + 3)[0] == '/')) {
        length += 3;
      }
      const std::string_view behind = rest(length);
      if (behind.empty() && !after_star) {
        at_ += length;
        return emit(fmt::format("(?:\\/{}|$)", globstar), Piece::text);
      }
      if (behind.starts_with('/')) {
        at_ += length + 1;
        return emit(
            fmt::format("(?:\\/{}\\/|\\/{})", globstar, behind.size() > 1 ? "|$" : ""),
            Piece::slash);
      }
    }
    ++at_;
    emit("\\/", Piece::slash);
  }

  void stars(std::size_t end) {
    std::size_t count = std::min(rest().find_first_not_of('*'), rest().size());
    at_ += count;
    if (count <= 2 && at("(") && !at("(?") && closing(at_, '(', ')') < end) {
      --count;  // the last star belongs to an extglob
      --at_;
    }
    if (count == 2 && may_span(end)) return spanning_stars();
    if (starts_segment()) {
      out_ += no_dot_segment;
      if (count == 1) out_ += one_character;
    } else if (before_ == Piece::dot) {
      out_ += "(?!\\.{0,1}(?:\\/|$))";
      if (count == 1) out_ += one_character;
    }
    emit(any_characters, Piece::star);
  }

  /// Two stars span segments only between slashes, or beside a group.
  bool may_span(std::size_t end) const {
    const bool may_begin =
        starts_segment() || before_ == Piece::group_start || before_ == Piece::group_end;
    const bool may_end = at_ == end || in_[at_] == '/' || in_[at_] == '{' ||
                         (in_[at_] == '@' && extglob_follows()) ||
                         (comma_separates_ && in_[at_] == ',');
    return may_begin && may_end;
  }

  void spanning_stars() {
    if (before_ != Piece::start || !at("/")) return emit(globstar, Piece::star);
    while (at("/**/")) at_ += 3;
    ++at_;
    emit(fmt::format("(?:^|\\/|{}\\/)", globstar), Piece::slash);
  }

  bool extglob_follows() const {
    return rest().size() > 1 &&
           std::string_view("!?+*@").find(in_[at_]) != std::string_view::npos &&
           in_[at_ + 1] == '(' && closing(at_ + 1, '(', ')') != std::string_view::npos &&
           (!rest(2).starts_with('?') || in_[at_] == '!');
  }

  void extglob(std::size_t end) {
    const char kind = in_[at_];
    const std::size_t close = closing(at_ + 1, '(', ')');
    const std::string_view inner = in_.substr(at_ + 2, close - at_ - 2);
    if (out_.empty() && kind != '@') out_ += one_character;
    at_ += 2;
    if (kind == '!') return negative_extglob(inner, close, end);
    out_ += "(?:";
    inside(close, true, false);
    at_ = close + 1;
    emit(kind == '@' ? std::string(")") : fmt::format("){}", kind), Piece::group_end);
  }

  /// `!(a|b)`: anything in this segment that does not begin with one of them, or is not one of them
  /// when nothing follows.
  void negative_extglob(std::string_view inner, std::size_t close, std::size_t end) {
    const bool deep = inner.size() > 1 && inner.find('/') != std::string_view::npos;
    const std::string_view anything = deep ? globstar : any_characters;
    out_ += "(?:(?!(?:";
    inside(close, true, false);
    at_ = close + 1;
    const std::string_view behind = rest();
    const bool last = behind.find_first_not_of(')') == std::string_view::npos;
    const bool extension = behind.size() > 1 && behind[0] == '.' &&
                           behind.find_first_of("\\/.", 1) == std::string_view::npos;
    if (extension && inner.find('*') != std::string_view::npos) {
      emit(fmt::format("){}){})", Translator(behind).translate(), anything), Piece::group_end);
    } else if (deep || last || at_ == end) {
      emit(fmt::format(")$)){}", anything), Piece::group_end);
    } else {
      emit(fmt::format(")){})", anything), Piece::group_end);
    }
  }

  /// The content of a group that ends at `close`.
  void inside(std::size_t close, bool parentheses, bool comma_separates) {
    if (groups_ == deepest) throw GlobError("The pattern is nested too deeply");
    const bool outer = std::exchange(comma_separates_, comma_separates);
    parentheses_ += parentheses ? 1 : 0;
    ++groups_;
    before_ = Piece::group_start;
    sequence(close);
    --groups_;
    parentheses_ -= parentheses ? 1 : 0;
    comma_separates_ = outer;
  }

  // Plain parentheses group as in a regular expression, look-around included.
  void group(std::size_t end) {
    const std::size_t close = closing(at_, '(', ')');
    if (close >= end) return literal(in_.substr(at_++, 1));
    ++at_;
    std::string_view mark;
    for (const std::string_view known : {"?:", "?=", "?!", "?<=", "?<!"}) {
      if (at(known)) mark = known;
    }
    out_ += fmt::format("({}", mark);
    at_ += mark.size();
    inside(close, true, false);
    at_ = close + 1;
    emit(")", Piece::group_end);
  }

  void brace(std::size_t end) {
    const std::size_t close = closing(at_, '{', '}');
    if (close >= end) return literal(in_.substr(at_++, 1));
    const std::string_view inner = in_.substr(at_ + 1, close - at_ - 1);
    const bool alternatives = has_comma(inner);
    if (!alternatives && inner.find("..") != std::string_view::npos) {
      at_ = close + 1;
      return emit(range(inner), Piece::brace_end);
    }
    out_ += alternatives ? "(" : "\\{";
    ++at_;
    inside(close, false, alternatives);
    at_ = close + 1;
    emit(alternatives ? ")" : "\\}", Piece::brace_end);
  }

  static bool has_comma(std::string_view inner) {
    int depth = 0;
    for (std::size_t i = 0; i < inner.size(); ++i) {
      if (inner[i] == '\\') {
        ++i;
      } else if (inner[i] == '{' || inner[i] == '(') {
        ++depth;
      } else if (inner[i] == '}' || inner[i] == ')') {
        --depth;
      } else if (inner[i] == ',' && depth == 0) {
        return true;
      }
    }
    return false;
  }

  /// `{1..3}` is the class [1-3], of single characters, whatever the numbers are.
  static std::string range(std::string_view inner) {
    std::vector<std::string> bounds;
    for (std::size_t from = 0; from <= inner.size();) {
      const std::size_t dots = std::min(inner.find("..", from), inner.size());
      bounds.emplace_back(inner.substr(from, dots - from));
      from = dots + 2;
    }
    std::ranges::sort(bounds);
    std::string result = fmt::format("[{}]", fmt::join(bounds, "-"));
    try {
      const JavaScriptRegex valid(result);
    } catch (const RegexError&) {
      for (auto& bound : bounds) bound = escape_for_regex(bound);
      result = fmt::format("{}", fmt::join(bounds, ".."));
    }
    return result;
  }

  /// Where the group that opens at `open` closes, or npos.
  std::size_t closing(std::size_t open, char opens, char closes) const {
    int depth = 0;
    bool quotes = false;
    for (std::size_t i = open; i < in_.size(); ++i) {
      if (in_[i] == '\\') {
        ++i;
      } else if (in_[i] == '"') {
        quotes = !quotes;
      } else if (quotes) {
        continue;
      } else if (in_[i] == '[') {
        const std::size_t end = class_end(in_, i);
        if (end != std::string_view::npos) i = end;
      } else if (in_[i] == opens) {
        ++depth;
      } else if (in_[i] == closes && --depth == 0) {
        return i;
      }
    }
    return std::string_view::npos;
  }

  void bracket() {
    const std::size_t end = class_end(in_, at_);
    if (end == std::string_view::npos) return literal(in_.substr(at_++, 1));
    emit(class_regex(in_.substr(at_ + 1, end - at_ - 1)), Piece::bracket);
    at_ = end + 1;
  }

  std::string_view in_;
  std::size_t at_ = 0;
  std::string out_;
  Piece before_ = Piece::start;
  bool plain_ = false;
  bool comma_separates_ = false;
  int parentheses_ = 0;
  int groups_ = 0;
};

/// Whole globs that picomatch translates by a table: `**.md` spans segments, which `a**.md` does
/// not, and the last dot of `*.*` wants something behind it.
std::optional<std::string> shortcut(std::string_view glob) {
  std::string extension;
  for (;;) {
    if (glob == "**") return fmt::format("{}{}", globstar, extension);
    if (glob == "*.*") return Translator("*.?*").translate() + extension;
    if (glob == "**/*.*") return Translator("**/*.?*").translate() + extension;
    const std::size_t dot = glob.rfind('.');
    if (dot == std::string_view::npos || dot + 1 == glob.size()) return std::nullopt;
    const std::string_view word = glob.substr(dot + 1);
    const bool is_word = std::ranges::all_of(word, [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    });
    if (!is_word) return std::nullopt;
    extension = fmt::format("\\.{}{}", word, extension);
    glob = glob.substr(0, dot);
  }
}

/// Takes leading `!` away: an odd number of them negates. `!(` is an extglob.
bool take_negation(std::string_view& glob) {
  bool negated = false;
  while (glob.starts_with('!') && (!glob.starts_with("!(") || glob.starts_with("!(?"))) {
    negated = !negated;
    glob.remove_prefix(1);
  }
  return negated;
}

}  // namespace

std::string glob_to_regex(std::string_view glob) {
  if (auto known = shortcut(glob)) return *known;
  return Translator(glob).translate();
}

Glob::Glob(std::string text) : text_(std::move(text)) {
  if (text_.empty()) throw GlobError("Expected pattern to be a non-empty string");
  if (text_.size() > longest_glob) {
    throw GlobError(fmt::format(
        "Input length: {}, exceeds maximum allowed length: {}", text_.size(), longest_glob));
  }
  std::string_view glob = text_;
  if (glob == "***") glob = "*";
  if (glob == "**/**" || glob == "**/**/**") glob = "**";
  if (glob.starts_with("./")) glob.remove_prefix(2);
  const bool negated = take_negation(glob);
  std::string source = fmt::format("^(?:{})$", glob_to_regex(glob));
  if (negated) source = fmt::format("^(?!{}).*$", source);
  try {
    regex_.emplace(source);
  } catch (const RegexError&) {
    regex_.reset();
  }
}

bool Glob::matches(std::string_view path) const {
  if (path.empty()) return false;
  return path == text_ || (regex_ && regex_->test(path));
}

}  // namespace crun::executor::builtin
