// The pages for people, as HTML. What comes from runs is text and is escaped where it is set.
#pragma once

#include <string>
#include <vector>

#include "runner/server/run_page.hpp"
#include "runner/server/run_record.hpp"
#include "runner/server/service_view.hpp"

namespace crun::runner {

std::string list_page(
    const std::vector<RunRecord>& runs, const std::vector<RepositoryStatus>& repositories);

std::string run_page(const RunRecord& run, const RunPage& page);

std::string error_page(int status, const std::string& message);

}  // namespace crun::runner
