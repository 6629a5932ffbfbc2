// Node -> value for the configuration: what is not of its type is a finding at its place.
#pragma once

#include <chrono>
#include <functional>
#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "workflow/source/diagnostic.hpp"
#include "workflow/yaml/node.hpp"

namespace crun::runner {

class ConfigReader {
 public:
  ConfigReader(workflow::SourcePtr source, workflow::Diagnostics& diagnostics)
      : source_(std::move(source)), diagnostics_(diagnostics) {}

  /// One key of a mapping and what reads its value.
  struct Key {
    std::string_view name;
    std::function<void(const workflow::Node&)> read;
    bool required = false;
  };

  /// A mapping of these keys; others are findings.
  void mapping(const workflow::Node& node, std::string_view what, std::vector<Key> keys);
  void sequence(
      const workflow::Node& node,
      std::string_view what,
      const std::function<void(const workflow::Node&)>& item);
  /// A mapping of any names.
  void entries(
      const workflow::Node& node,
      std::string_view what,
      const std::function<void(const std::string& name, const workflow::Node& value)>& entry);

  std::optional<std::string> text(const workflow::Node& node, std::string_view what);
  std::optional<int> positive_number(const workflow::Node& node, std::string_view what);
  /// "2s", "500ms", "1m", "1h", 0.
  std::optional<std::chrono::milliseconds> duration(
      const workflow::Node& node, std::string_view what);
  std::map<std::string, std::string> texts(const workflow::Node& node, std::string_view what);

  workflow::Diagnostic& error(const workflow::Node& node, std::string code, std::string message);

 private:
  workflow::SourcePtr source_;
  workflow::Diagnostics& diagnostics_;
};

}  // namespace crun::runner
