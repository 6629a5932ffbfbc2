#include "executor/process/environment.hpp"

#include <unistd.h>

namespace crun::executor {

Environment Environment::inherited() {
  Environment result;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    std::string_view line(*entry);
    auto equals = line.find('=');
    if (equals == std::string_view::npos || equals == 0) continue;
    // getenv tells the first of two entries of one name; so do we.
    result.entries_.emplace(line.substr(0, equals), line.substr(equals + 1));
  }
  return result;
}

const std::string* Environment::find(const std::string& name) const {
  auto found = entries_.find(name);
  return found == entries_.end() ? nullptr : &found->second;
}

std::string Environment::get(const std::string& name, std::string_view otherwise) const {
  const std::string* value = find(name);
  return value ? *value : std::string(otherwise);
}

void Environment::merge(const Environment& other) {
  for (const auto& [name, value] : other.entries_) entries_[name] = value;
}

std::vector<std::string> Environment::lines() const {
  std::vector<std::string> result;
  result.reserve(entries_.size());
  for (const auto& [name, value] : entries_) result.push_back(name + "=" + value);
  return result;
}

}  // namespace crun::executor
