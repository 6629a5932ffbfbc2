// A schedule in words, for people who do not read five fields at a glance.
#pragma once

#include <string>
#include <string_view>

namespace crun::workflow {

/// "at 05:30, Monday through Friday" for "30 5 * * 1-5", as GitHub's editor says it. The text must
/// be one that Cron::parse takes.
std::string cron_in_words(std::string_view cron);

}  // namespace crun::workflow
