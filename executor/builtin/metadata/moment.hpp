// Dates the way the originals read and write them: JavaScript's Date, and moment's format tokens.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "executor/builtin/metadata/time_zone.hpp"

namespace crun::executor::builtin {

/// Milliseconds since 1970, as in a JavaScript Date.
using Instant = std::int64_t;

Instant current_instant();

/// "2026-03-04T05:06:07.089Z", "2026-03-04 05:06:07 +0100" (git's %ci, also in quotes),
/// "2026-03-04".
std::optional<Instant> parse_date(std::string_view text);

/// "2026-03-04T05:06:07.089Z".
std::string iso_text(Instant instant);

/// moment(instant).tz(zone).format(format) in English. An empty format gives ISO 8601.
std::string format_moment(Instant instant, std::string_view format, const ZoneOffset& zone);

}  // namespace crun::executor::builtin
