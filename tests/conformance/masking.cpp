// masking: what the masker makes of a text when the secrets, patterns and add-mask commands of a
// case are registered.
#include <string>

#include "executor/log/masker.hpp"
#include "executor/log/problem_matcher.hpp"
#include "executor/log/step_log.hpp"
#include "tests/conformance/category.hpp"
#include "tests/conformance/pack.hpp"

namespace crun::conformance {

namespace {

void run(const std::filesystem::path& folder, Report& report) {
  each_line(folder / "mask.jsonl", report, [&](const Json& test) {
    executor::Masker masker;
    executor::MatcherSet matchers;
    executor::StepLog log(masker, matchers, [](const executor::Event::Body&) {}, {});
    for (const auto& secret : test.at("secrets")) masker.add(secret.get<std::string>());
    for (const auto& pattern : test.at("regexes")) masker.add_pattern(pattern.get<std::string>());
    for (const auto& line : test.value("add_mask_commands", Json::array())) {
      log.write(executor::Stream::out, line.get<std::string>() + "\n");
    }
    report.check(
        test.at("id"), test.at("output"), masker.mask(test.at("input").get<std::string>()));
  });
}

const Registration registration{{"masking", run}};

}  // namespace

}  // namespace crun::conformance
