// Folders of this machine and the paths under which the steps of a job see them. Empty for steps on
// the machine itself: then both are the same.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace crun::executor {

class PathMap {
 public:
  void add(std::string outside, std::string inside);
  bool empty() const { return folders_.empty(); }

  /// The path as steps see it. What lies in no mapped folder stays as it is.
  std::string inside(std::string_view path) const;
  /// The path on this machine of what steps name so; as it is when it lies in no mapped folder.
  std::string outside(std::string_view path) const;
  /// Is it below a mapped folder, as steps see it?
  bool covers(std::string_view inside_path) const;

 private:
  std::vector<std::pair<std::string, std::string>> folders_;  // outside, inside
};

}  // namespace crun::executor
