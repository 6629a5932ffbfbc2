// cron: is a schedule valid, does it run too often, and what is it in words?
#include "workflow/trigger/cron.hpp"

#include <optional>
#include <string>

#include "tests/conformance/category.hpp"
#include "tests/conformance/pack.hpp"
#include "workflow/trigger/cron_words.hpp"

namespace crun::conformance {

namespace {

std::optional<workflow::Cron> parsed(const std::string& text) {
  try {
    return workflow::Cron::parse(text);
  } catch (const workflow::CronError&) {
    return std::nullopt;
  }
}

void run(const std::filesystem::path& folder, Report& report) {
  for (const auto& file : line_files(folder)) {
    each_line(file, report, [&](const Json& test) {
      const auto id = test.at("id").get<std::string>();
      const auto cron = parsed(test.at("cron").get<std::string>());
      if (test.contains("valid")) {
        report.check(id, test.at("valid").dump(), cron ? "true" : "false");
      } else if (test.contains("interval_below_5_minutes")) {
        const bool too_often = cron && cron->too_often();
        report.check(id, test.at("interval_below_5_minutes").dump(), too_often ? "true" : "false");
      } else {
        const auto words = cron ? workflow::cron_in_words(test.at("cron").get<std::string>()) : "";
        report.check(id, test.at("description"), "Runs " + words);
      }
    });
  }
}

const Registration registration{{"cron", run}};

}  // namespace

}  // namespace crun::conformance
