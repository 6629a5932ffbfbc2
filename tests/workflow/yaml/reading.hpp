// Reading a YAML text in one line, for the tests of this folder.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "tests/catch.hpp"
#include "workflow/yaml/reader.hpp"

namespace crun::workflow {

struct Reading {
  SourcePtr source;
  Diagnostics diagnostics;
  NodePtr root;

  explicit Reading(std::string text, const YamlLimits& limits = {})
      : source(std::make_shared<SourceFile>("test.yml", std::move(text))),
        root(read_yaml(source, diagnostics, limits)) {}
};

/// The only error of a text, as "line:column message".
inline std::string yaml_error(std::string text, const YamlLimits& limits = {}) {
  const Reading reading(std::move(text), limits);
  CHECK(reading.root == nullptr);
  if (reading.diagnostics.all().size() != 1) {
    return std::to_string(reading.diagnostics.all().size()) + " errors";
  }
  const auto& error = reading.diagnostics.all().front();
  const auto begin = error.span.begin;
  return std::to_string(begin.line) + ":" + std::to_string(begin.column) + " " + error.message;
}

}  // namespace crun::workflow
