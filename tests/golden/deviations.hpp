// Where crun differs from the originals on purpose, case by case, with the reason.
#pragma once

#include <string_view>

namespace crun::tests::golden {

struct Deviation {
  std::string_view case_id;
  /// Only differences that begin so are excused; '' excuses all.
  std::string_view where;
  std::string_view reason;
};

/// Null when the case must match.
const Deviation* find_deviation(std::string_view case_id);

}  // namespace crun::tests::golden
