// Ids of jobs and steps: the author's are checked, missing ones are made (runner.md 1.1.7).
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "workflow/expression/value.hpp"

namespace crun::workflow {

/// One builder a scope: ids are unique in it, ignoring case.
class IdBuilder {
 public:
  /// Adds an author's id. Gives GitHub's message if it is not valid or is there already.
  std::string add(std::string_view id);

  /// Adds a part to the id being built; parts are joined by `_`, other characters become `_`.
  void append(std::string_view segment);

  /// The id built so far, made unique with `_2`, `_3`; without parts it is "job". Starts over.
  std::string build(bool allow_reserved_prefix = true, std::size_t max_length = 100);

 private:
  struct IgnoringCase {
    bool operator()(const std::string& left, const std::string& right) const {
      return compare_ignoring_case(left, right) < 0;
    }
  };

  std::set<std::string, IgnoringCase> ids_;
  /// Of a name without its number, and its greatest length: the number to try next.
  std::map<std::pair<std::string, std::size_t>, int> attempts_;
  std::string name_;
};

}  // namespace crun::workflow
