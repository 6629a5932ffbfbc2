// Text -> Node, through the YAML library's event parser (the only file that includes it).
//
// GitHub's rules (runner.md 1.1): YAML 1.2 core typing (yes/no/on/off are strings), anchors and
// aliases yes, merge keys no, one document, depth and node limits, duplicate keys refused
// (compared ignoring case).
#pragma once

#include <cstddef>

#include "workflow/source/diagnostic.hpp"
#include "workflow/source/source_file.hpp"
#include "workflow/yaml/node.hpp"

namespace crun::workflow {

struct YamlLimits {
  int depth = 50;
  std::size_t nodes = 50'000;          // after aliases are expanded
  std::size_t characters = 1'048'576;  // of the whole text
  /// Report duplicate keys here. The workflow reader does it itself, in GitHub's words; files that
  /// are not workflows (filters, configuration) want it from the YAML reader.
  bool refuse_duplicate_keys = true;
};

/// The document's root, or null after an error that was added to `diagnostics` (of duplicate keys
/// and wrong tags every one). An empty text is a null node.
NodePtr read_yaml(const SourcePtr& source, Diagnostics& diagnostics, const YamlLimits& limits = {});

}  // namespace crun::workflow
