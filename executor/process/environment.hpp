// The environment of a program: names and values in a stable order, exported when it starts.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace crun::executor {

/// Case-sensitive, as on Linux. Complete: a program gets exactly this.
class Environment {
 public:
  Environment() = default;
  Environment(std::initializer_list<std::pair<const std::string, std::string>> entries)
      : entries_(entries) {}

  /// Of the calling process.
  static Environment inherited();

  void set(std::string name, std::string value) { entries_[std::move(name)] = std::move(value); }
  void unset(const std::string& name) { entries_.erase(name); }
  /// The value, or null.
  const std::string* find(const std::string& name) const;
  std::string get(const std::string& name, std::string_view otherwise = {}) const;
  /// Everything of `other` on top.
  void merge(const Environment& other);
  /// "NAME=value" lines for execve.
  std::vector<std::string> lines() const;

  auto begin() const { return entries_.begin(); }
  auto end() const { return entries_.end(); }
  bool empty() const { return entries_.empty(); }

 private:
  std::map<std::string, std::string> entries_;
};

}  // namespace crun::executor
