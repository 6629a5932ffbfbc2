// A pattern becomes a short list of pieces, and a name runs through all of them at once (the set of
// places where one could be in the pattern), so that no pattern, however hostile, takes more than
// length of pattern times length of name.
#include "workflow/trigger/pattern.hpp"

#include <algorithm>
#include <utility>

namespace crun::workflow {

namespace {

// A byte that is not UTF-8 counts as a character of its own: names of files may be anything.
std::u32string characters(std::string_view text) {
  std::u32string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const auto lead = static_cast<unsigned char>(text[at]);
    std::size_t length = lead < 0x80    ? 1
                         : lead >= 0xF0 ? 4
                         : lead >= 0xE0 ? 3
                         : lead >= 0xC0 ? 2
                                        : 1;
    if (at + length > text.size()) length = 1;
    char32_t value = length == 1 ? lead : lead & (0x7FU >> length);
    for (std::size_t i = 1; i < length; ++i) {
      value = (value << 6) | (static_cast<unsigned char>(text[at + i]) & 0x3FU);
    }
    out += value;
    at += length;
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
  std::vector<Range> ranges;  // of `one`

  bool takes(char32_t c) const {
    if (kind == Kind::segment) return c != U'/';
    if (kind != Kind::one) return true;
    return std::any_of(
        ranges.begin(), ranges.end(), [&](Range r) { return r.first <= c && c <= r.last; });
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
  explicit Places(std::size_t pieces) : seen_(2 * pieces + 2) {}

  void clear() {
    for (const auto place : list_) seen_[place] = false;
    list_.clear();
  }
  void add(std::size_t place) {
    if (!seen_[place]) list_.push_back(place);
    seen_[place] = true;
  }
  bool has(std::size_t place) const { return seen_[place]; }
  bool empty() const { return list_.empty(); }
  const std::vector<std::size_t>& list() const { return list_; }

 private:
  std::vector<bool> seen_;
  std::vector<std::size_t> list_;
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
      piece.ranges = read_ranges(rest, at);
    } else {
      const auto literal = c == U'\\' && at < rest.size() ? rest[at++] : c;
      piece.ranges.push_back({literal, literal});
    }
    pieces.push_back(std::move(piece));
  }
  pieces_ = std::make_shared<const std::vector<Piece>>(std::move(pieces));
}

bool Pattern::matches(std::string_view name) const {
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

  Places now(pieces.size());
  Places next(pieces.size());
  reach(now, 0);
  for (const auto c : characters(name)) {
    next.clear();
    for (const auto place : now.list()) step(next, place, c);
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

bool included(const std::vector<FilterPattern>& patterns, std::string_view name) {
  // The last match wins, so the first one from the end does.
  for (auto pattern = patterns.rbegin(); pattern != patterns.rend(); ++pattern) {
    const Pattern compiled(pattern->text);
    if (compiled.matches(name)) return !compiled.negated();
  }
  return false;
}

namespace {

// How many of the names are in? Stops at the first that is (or, with `wanted` false, is not).
bool any_name(
    const std::vector<FilterPattern>& patterns,
    const std::vector<std::string>& names,
    bool wanted) {
  if (names.empty()) return true;
  std::vector<Pattern> compiled;
  compiled.reserve(patterns.size());
  for (const auto& pattern : patterns) compiled.emplace_back(pattern.text);
  return std::any_of(names.begin(), names.end(), [&](const std::string& name) {
    const auto last = std::find_if(compiled.rbegin(), compiled.rend(), [&](const Pattern& pattern) {
      return pattern.matches(name);
    });
    const bool in = last != compiled.rend() && !last->negated();
    return in == wanted;
  });
}

}  // namespace

bool filter_runs(
    const std::vector<FilterPattern>& patterns, const std::vector<std::string>& names) {
  return any_name(patterns, names, true);
}

bool ignore_filter_runs(
    const std::vector<FilterPattern>& patterns, const std::vector<std::string>& names) {
  return any_name(patterns, names, false);
}

}  // namespace crun::workflow
