// A pattern becomes a short list of pieces, and a name runs through all of them at once (the set of
// places where one could be in the pattern), so that no pattern, however hostile, takes more than
// length of pattern times length of name.
#include "workflow/trigger/pattern.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <memory_resource>
#include <utility>

#include "workflow/source/unicode.hpp"

namespace crun::workflow {

namespace {

// A byte that is not UTF-8 counts as a character of its own: names of files may be anything.
std::u32string characters(std::string_view text) {
  std::u32string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const auto point = code_point(text, at);
    out += point.value;
    at += static_cast<std::size_t>(point.bytes);
  }
  return out;
}

struct Range {
  char32_t first = 0;
  char32_t last = 0;
};

}  // namespace

struct Pattern::Piece {
  enum class Kind {
    one,       // a character, or one of a bracket
    segment,   // *
    anything,  // **
    folders,   // **/ : nothing, or any text that ends with a slash
  };
  enum class Count { once, optional, repeated };

  Kind kind = Kind::one;
  Count count = Count::once;
  char32_t literal = 0;  // of `one`, unless it is a bracket
  bool bracket = false;
  std::vector<Range> ranges;  // of a bracket

  bool takes(char32_t c) const {
    if (kind == Kind::segment) return c != U'/';
    if (kind != Kind::one) return true;
    if (!bracket) return c == literal;
    return std::any_of(
        ranges.begin(), ranges.end(), [&](Range r) { return r.first <= c && c <= r.last; });
  }
  bool is_letter() const {
    return kind == Kind::one && count == Count::once && !bracket && literal < 0x80;
  }
};

namespace {

// Reads what stands between brackets; `at` is behind the opening one and ends behind the closing.
std::vector<Range> read_ranges(std::u32string_view text, std::size_t& at) {
  std::vector<Range> ranges;
  while (at < text.size() && text[at] != U']') {
    const auto first = text[at++];
    const bool range = at + 1 < text.size() && text[at] == U'-' && text[at + 1] != U']';
    ranges.push_back({first, range ? text[at + 1] : first});
    if (range) at += 2;
  }
  if (at < text.size()) ++at;
  return ranges;
}

/// The places in a pattern that a name can have reached. Place 2n is before piece n; 2n+1 is inside
/// it (a repetition has begun, a folder is being read).
class Places {
 public:
  Places(std::size_t pieces, std::pmr::memory_resource* memory)
      : seen_(2 * pieces + 2, 0, memory), list_(memory) {
    list_.reserve(seen_.size());
  }

  void clear() {
    for (const auto place : list_) seen_[place] = 0;
    list_.clear();
  }
  void add(std::size_t place) {
    if (seen_[place] == 0) list_.push_back(static_cast<std::uint32_t>(place));
    seen_[place] = 1;
  }
  bool has(std::size_t place) const { return seen_[place] != 0; }
  bool empty() const { return list_.empty(); }
  const std::pmr::vector<std::uint32_t>& list() const { return list_; }

 private:
  std::pmr::vector<std::uint8_t> seen_;
  std::pmr::vector<std::uint32_t> list_;
};

}  // namespace

Pattern::Pattern(std::string_view text) : text_(text) {
  const auto all = characters(text);
  std::u32string_view rest = all;
  if (rest.starts_with(U'!')) {
    negated_ = true;
    rest.remove_prefix(1);
  }
  std::vector<Piece> pieces;
  for (std::size_t at = 0; at < rest.size();) {
    const auto c = rest[at++];
    Piece piece;
    if (c == U'*') {
      const bool twice = at < rest.size() && rest[at] == U'*';
      if (twice) ++at;
      const bool folders = twice && at < rest.size() && rest[at] == U'/';
      if (folders) ++at;
      piece.kind = folders ? Piece::Kind::folders
                   : twice ? Piece::Kind::anything
                           : Piece::Kind::segment;
    } else if (
        (c == U'?' || c == U'+') && !pieces.empty() && pieces.back().kind == Piece::Kind::one &&
        pieces.back().count == Piece::Count::once) {
      pieces.back().count = c == U'?' ? Piece::Count::optional : Piece::Count::repeated;
      continue;
    } else if (c == U'[') {
      piece.bracket = true;
      piece.ranges = read_ranges(rest, at);
    } else {
      piece.literal = c == U'\\' && at < rest.size() ? rest[at++] : c;
    }
    pieces.push_back(std::move(piece));
  }
  require_letters(pieces);
  pieces_ = std::make_shared<const std::vector<Piece>>(std::move(pieces));
}

void Pattern::require_letters(const std::vector<Piece>& pieces) {
  std::string letters;
  for (const auto& piece : pieces) {
    if (!piece.is_letter()) {
      letters.clear();
      continue;
    }
    letters += static_cast<char>(piece.literal);
    if (letters.size() > required_.size()) required_ = letters;
  }
}

bool Pattern::matches(std::string_view name) const {
  if (name.find(required_) == std::string_view::npos) return false;
  const auto& pieces = *pieces_;
  using Kind = Piece::Kind;
  using Count = Piece::Count;

  // A place, and those that are reached from it without reading anything.
  const auto reach = [&](Places& places, std::size_t place) {
    for (auto at = place; !places.has(at); at += 2) {
      places.add(at);
      if (at / 2 >= pieces.size() || at % 2 == 1) return;
      const auto& piece = pieces[at / 2];
      if (piece.kind == Kind::one && piece.count != Count::optional) return;
    }
  };
  const auto step = [&](Places& next, std::size_t place, char32_t c) {
    const auto index = place / 2;
    if (index >= pieces.size()) return;
    const auto& piece = pieces[index];
    if (!piece.takes(c)) return;
    const auto behind = 2 * (index + 1);
    switch (piece.kind) {
      case Kind::one:
        reach(next, behind);
        if (piece.count == Count::repeated) next.add(place | 1);
        return;
      case Kind::segment:
      case Kind::anything:
        reach(next, place);
        return;
      case Kind::folders:
        next.add(place | 1);
        if (c == U'/' && place % 2 == 1) reach(next, behind);  // a folder has a name
        return;
    }
  };

  std::array<std::byte, 1024> buffer;
  std::pmr::monotonic_buffer_resource memory(buffer.data(), buffer.size());
  Places now(pieces.size(), &memory);
  Places next(pieces.size(), &memory);
  reach(now, 0);
  for (std::size_t at = 0; at < name.size();) {
    const auto point = code_point(name, at);
    at += static_cast<std::size_t>(point.bytes);
    next.clear();
    for (const auto place : now.list()) step(next, place, point.value);
    std::swap(now, next);
    if (now.empty()) return false;
  }
  return now.has(2 * pieces.size());
}

std::string crossing_slashes(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    out += text[at];
    if (text[at] == '\\' && at + 1 < text.size()) {
      out += text[++at];
    } else if (text[at] == '*') {
      const bool twice = at + 1 < text.size() && text[at + 1] == '*';
      if (twice) ++at;
      out += '*';
    }
  }
  return out;
}

PatternList::PatternList(const std::vector<FilterPattern>& patterns) {
  patterns_.reserve(patterns.size());
  for (const auto& pattern : patterns) patterns_.emplace_back(pattern.text);
}

const Pattern* PatternList::deciding(std::string_view name) const {
  const auto last = std::find_if(patterns_.rbegin(), patterns_.rend(), [&](const Pattern& pattern) {
    return pattern.matches(name);
  });
  return last == patterns_.rend() ? nullptr : &*last;
}

bool PatternList::includes(std::string_view name) const {
  const auto* last = deciding(name);
  return last && !last->negated();
}

bool filter_runs(
    const std::vector<FilterPattern>& patterns, const std::vector<std::string>& names) {
  if (names.empty()) return true;
  const PatternList list(patterns);
  return std::any_of(
      names.begin(), names.end(), [&](const std::string& name) { return list.includes(name); });
}

bool ignore_filter_runs(
    const std::vector<FilterPattern>& patterns, const std::vector<std::string>& names) {
  if (names.empty()) return true;
  const PatternList list(patterns);
  return std::any_of(
      names.begin(), names.end(), [&](const std::string& name) { return !list.includes(name); });
}

}  // namespace crun::workflow
