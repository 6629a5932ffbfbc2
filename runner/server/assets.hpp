// The files of runner/server/pages, compiled in: templates, style, scripts, icon.
#pragma once

#include <string>
#include <string_view>

namespace crun::runner {

struct Asset {
  std::string_view name;  // "run.js"
  std::string_view content_type;
  std::string_view text;
  std::string etag;
};

/// What `/assets/NAME` gives; nullptr if there is no such file.
const Asset* find_asset(std::string_view name);

std::string_view list_template();
std::string_view run_template();
std::string_view error_template();

}  // namespace crun::runner
