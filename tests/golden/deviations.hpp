// Where crun differs from the originals on purpose, case by case, with the reason.
#pragma once

#include <string_view>

namespace crun::tests::golden {

/// The reason, or '' when the case must match.
std::string_view deviation(std::string_view case_id);

}  // namespace crun::tests::golden
