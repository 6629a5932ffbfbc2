// The shapes in which a secret turns up in logs: GitHub's own encoders (runner.md 1.8) and those a
// shell, a URL or a JSON writer makes of it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace crun::executor {

/// The value itself first, then each encoding that differs from it. May repeat.
std::vector<std::string> encodings_of(std::string_view secret);

/// The value, its trimmed form, and its lines, trimmed; lines that would hide half of any log
/// ("}", "12") are left out.
std::vector<std::string> parts_of(std::string_view secret);

}  // namespace crun::executor
