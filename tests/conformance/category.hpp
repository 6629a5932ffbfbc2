// What a category of conformance cases is, and where it reports to. A file of this folder holds one
// category or one family of them and registers it:
//
//     const Registration registration{{"patterns", run}};
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace crun::conformance {

struct Failure {
  std::string id;
  std::string expected;
  std::string got;
};

/// What came of the cases of one category.
class Report {
 public:
  void pass() { ++passed_; }
  void fail(std::string id, std::string expected, std::string got) {
    failures_.push_back({std::move(id), std::move(expected), std::move(got)});
  }
  /// Passes if the two are equal.
  void check(const std::string& id, const std::string& expected, const std::string& got) {
    expected == got ? pass() : fail(id, expected, got);
  }
  /// A case that cannot or must not run here. `reason` is for people.
  void skip(std::string id, std::string reason) {
    skips_.emplace_back(std::move(id), std::move(reason));
  }

  /// Something about the category as a whole, printed below its line.
  void remark(std::string text) { remarks_.push_back(std::move(text)); }

  std::size_t passed() const { return passed_; }
  const std::vector<Failure>& failures() const { return failures_; }
  const std::vector<std::pair<std::string, std::string>>& skips() const { return skips_; }
  const std::vector<std::string>& remarks() const { return remarks_; }

 private:
  std::size_t passed_ = 0;
  std::vector<Failure> failures_;
  std::vector<std::pair<std::string, std::string>> skips_;
  std::vector<std::string> remarks_;
};

struct Category {
  /// The folder of its cases below the pack: "expressions", "workflows/reader".
  std::string name;
  std::function<void(const std::filesystem::path& folder, Report& report)> run;
};

/// All categories that registered, by name.
std::vector<Category> categories();

struct Registration {
  explicit Registration(Category category);
};

}  // namespace crun::conformance
