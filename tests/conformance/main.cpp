// crun-conformance DIR [CATEGORY...] [--json] [--listed FILE]: replays an external pack of cases.
//
// DIR holds a folder per category; categories without a folder there are left out, and what is in
// DIR without being a category is told. A category is named by its folder, or several by the
// beginning of theirs ("workflows"). Prints a line per category and per failure, and the sums last.
// With --listed every case that is not passed must be named in FILE, with its reason.
// Exit code: 0 all passed (and listed), 1 some failed, 2 bad usage.
#include <algorithm>
#include <cctype>
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
  std::filesystem::path listed;
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

bool is_category(const std::string& name) {
  const auto& all = registered();
  return std::any_of(all.begin(), all.end(), [&](const auto& each) { return each.name == name; });
}

/// Folders and files of cases that nothing here replays, by their names below the pack. Of folders
/// in small letters: others hold licences and the like.
std::vector<std::string> not_replayed(const std::filesystem::path& pack) {
  const auto in_category = [](const std::string& name) {
    const auto& all = registered();
    return std::any_of(all.begin(), all.end(), [&](const auto& each) {
      return each.name.starts_with(name + "/");
    });
  };
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(pack)) {
    const auto name = entry.path().filename().string();
    if (!entry.is_directory() || !std::islower(static_cast<unsigned char>(name[0]))) continue;
    if (is_category(name)) continue;
    if (!in_category(name)) {
      names.push_back(name);
      continue;
    }
    for (const auto& part : std::filesystem::directory_iterator(entry)) {
      const auto below = name + "/" + part.path().filename().string();
      if (!is_category(below)) names.push_back(below);
    }
  }
  std::sort(names.begin(), names.end());
  return names;
}

/// What is neither passed nor named in the list.
std::vector<std::string> not_listed(const Options& options, const std::vector<Result>& results) {
  const auto list = read_file(options.listed);
  std::vector<std::string> missing;
  const auto look = [&](const std::string& name) {
    if (list.find("`" + name + "`") == std::string::npos) missing.push_back(name);
  };
  for (const auto& [category, report] : results) {
    for (const auto& failure : report.failures()) look(failure.id);
    for (const auto& [id, reason] : report.skips()) look(id);
  }
  if (options.wanted.empty()) {
    for (const auto& name : not_replayed(options.pack)) look(name);
  }
  return missing;
}

void print(const Options& options, const std::vector<Result>& results) {
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
  if (options.wanted.empty()) {
    for (const auto& name : not_replayed(options.pack)) {
      std::cout << fmt::format("{}: no category of this program, not replayed\n", name);
    }
  }
  std::cout << fmt::format("{} passed, {} failed", passed, failed);
  if (skipped > 0) std::cout << fmt::format(", {} skipped", skipped);
  std::cout << "\n";
}

void print_json(const Options& options, const std::vector<Result>& results) {
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
  const Json whole = {{"categories", all}, {"not_replayed", not_replayed(options.pack)}};
  // Cases hold texts that are no UTF-8.
  std::cout << whole.dump(2, ' ', false, Json::error_handler_t::replace) << "\n";
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
  for (auto argument = arguments.begin(); argument != arguments.end(); ++argument) {
    if (*argument == "--json") {
      options.json = true;
    } else if (*argument == "--listed" && argument + 1 != arguments.end()) {
      options.listed = *++argument;
    } else if (options.pack.empty()) {
      options.pack = *argument;
    } else {
      options.wanted.push_back(*argument);
    }
  }
  const bool list_is_there = options.listed.empty() || is_regular_file(options.listed);
  if (options.pack.empty() || !is_directory(options.pack) || !list_is_there) {
    std::cerr << "usage: crun-conformance DIR [CATEGORY...] [--json] [--listed FILE]\n";
    return 2;
  }
  const auto results = run(options);
  options.json ? print_json(options, results) : print(options, results);
  if (!options.listed.empty()) {
    const auto missing = not_listed(options, results);
    for (const auto& name : missing) {
      std::cerr << fmt::format(
          "{}: `{}` is not passed and not named\n", options.listed.string(), name);
    }
    if (!missing.empty()) return 1;
  }
  const bool passed = std::all_of(results.begin(), results.end(), [](const Result& result) {
    return result.report.failures().empty();
  });
  return passed ? 0 : 1;
}

}  // namespace crun::conformance

int main(int count, char** arguments) {
  return crun::conformance::main_with({arguments + 1, arguments + count});
}
