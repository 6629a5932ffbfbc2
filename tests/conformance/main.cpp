// crun-conformance DIR [CATEGORY...] [--json]: replays an external pack of cases.
//
// DIR holds a folder per category; categories without a folder there are left out. A category is
// named by its folder, or several by the beginning of theirs ("workflows"). Prints a line per
// category and per failure, and the sums last. Exit code: 0 all passed, 1 some failed, 2 bad usage.
#include <algorithm>
#include <exception>
#include <filesystem>
#include <iostream>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "tests/conformance/category.hpp"
#include "tests/conformance/pack.hpp"

namespace crun::conformance {

namespace {

std::vector<Category>& registered() {
  static std::vector<Category> all;
  return all;
}

struct Options {
  std::filesystem::path pack;
  std::vector<std::string> wanted;
  bool json = false;
};

struct Result {
  std::string name;
  Report report;
};

bool matches(const std::string& name, const std::vector<std::string>& wanted) {
  return wanted.empty() || std::any_of(wanted.begin(), wanted.end(), [&](const auto& prefix) {
           return name == prefix || name.starts_with(prefix + "/");
         });
}

std::vector<Result> run(const Options& options) {
  std::vector<Result> results;
  for (const auto& category : categories()) {
    const auto folder = options.pack / category.name;
    if (!matches(category.name, options.wanted) || !exists(folder)) continue;
    auto& result = results.emplace_back(Result{category.name, {}});
    try {
      category.run(folder, result.report);
    } catch (const std::exception& error) {
      result.report.fail(category.name, "the category runs to its end", error.what());
    }
  }
  return results;
}

void print(const std::vector<Result>& results) {
  std::size_t passed = 0;
  std::size_t failed = 0;
  std::size_t skipped = 0;
  for (const auto& [name, report] : results) {
    const auto total = report.passed() + report.failures().size();
    std::cout << fmt::format("{} {}/{}\n", name, report.passed(), total);
    for (const auto& remark : report.remarks()) std::cout << "  " << remark << "\n";
    for (const auto& [id, expected, got] : report.failures()) {
      std::cout << fmt::format(
          "  FAIL {}\n    expected: {}\n    got:      {}\n", id, expected, got);
    }
    for (const auto& [id, reason] : report.skips()) {
      std::cout << fmt::format("  skip {}: {}\n", id, reason);
    }
    passed += report.passed();
    failed += report.failures().size();
    skipped += report.skips().size();
  }
  std::cout << fmt::format("{} passed, {} failed", passed, failed);
  if (skipped > 0) std::cout << fmt::format(", {} skipped", skipped);
  std::cout << "\n";
}

void print_json(const std::vector<Result>& results) {
  auto all = Json::array();
  for (const auto& [name, report] : results) {
    auto failures = Json::array();
    for (const auto& [id, expected, got] : report.failures()) {
      failures.push_back({{"id", id}, {"expected", expected}, {"got", got}});
    }
    auto skips = Json::array();
    for (const auto& [id, reason] : report.skips()) {
      skips.push_back({{"id", id}, {"reason", reason}});
    }
    all.push_back(
        {{"name", name}, {"passed", report.passed()}, {"failures", failures}, {"skips", skips}});
  }
  // Cases hold texts that are no UTF-8.
  std::cout << all.dump(2, ' ', false, Json::error_handler_t::replace) << "\n";
}

}  // namespace

std::vector<Category> categories() {
  auto all = registered();
  std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  return all;
}

Registration::Registration(Category category) {
  registered().push_back(std::move(category));
}

int main_with(const std::vector<std::string>& arguments) {
  Options options;
  for (const auto& argument : arguments) {
    if (argument == "--json") {
      options.json = true;
    } else if (options.pack.empty()) {
      options.pack = argument;
    } else {
      options.wanted.push_back(argument);
    }
  }
  if (options.pack.empty() || !is_directory(options.pack)) {
    std::cerr << "usage: crun-conformance DIR [CATEGORY...] [--json]\n";
    return 2;
  }
  const auto results = run(options);
  options.json ? print_json(results) : print(results);
  return std::all_of(
             results.begin(),
             results.end(),
             [](const Result& result) { return result.report.failures().empty(); })
             ? 0
             : 1;
}

}  // namespace crun::conformance

int main(int count, char** arguments) {
  return crun::conformance::main_with({arguments + 1, arguments + count});
}
