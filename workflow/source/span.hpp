// Places in a text, as people count them.
#pragma once

#include <compare>

namespace crun::workflow {

/// 1-based line and column; columns count code points. {0, 0} is "no place".
struct Position {
  int line = 0;
  int column = 0;

  explicit operator bool() const { return line > 0; }
  auto operator<=>(const Position&) const = default;
};

/// From `begin` up to but not including `end`. An empty span marks a single place.
struct Span {
  Position begin;
  Position end;

  bool operator==(const Span&) const = default;
};

}  // namespace crun::workflow
