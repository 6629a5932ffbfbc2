// Time zones by name, from the system's zone files.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace crun::executor::builtin {

struct ZoneOffset {
  int seconds = 0;
  std::string abbreviation = "UTC";
};

/// What a zone's clocks show at an instant (seconds since 1970); nullopt for an unknown name. Names
/// ignore case, and `_` may stand for `/`, as in moment-timezone. Changes TZ for a moment: only for
/// programs with one thread, which built-in actions are.
std::optional<ZoneOffset> zone_offset(std::string_view zone, std::int64_t instant);

}  // namespace crun::executor::builtin
