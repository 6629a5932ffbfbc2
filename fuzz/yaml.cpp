// The YAML reader: whatever the bytes are, a tree whose places lie in the text and whose size is
// within the limits, or a diagnostic; twice the same, and also where the limits leave nothing over.
#include <algorithm>
#include <memory>

#include "fuzz/oracle.hpp"

#include "workflow/yaml/reader.hpp"

using namespace crun::workflow;
using crun::fuzz::require;

namespace {

struct Walk {
  const YamlLimits& limits;
  int lines;
  std::size_t nodes = 0;
  int levels = 0;

  void visit(const NodePtr& node, int depth) {
    require(node != nullptr, "there is a node");
    require(depth <= limits.depth, "the depth is limited");
    require(++nodes <= limits.nodes, "the nodes are limited");
    if (!node->is_scalar()) levels = std::max(levels, depth + 1);
    if (nodes == 1 && node->kind == Node::Kind::null) return;  // of an empty text
    const auto& [begin, end] = node->span;
    require(begin.line >= 1 && begin.column >= 1, "places begin with 1");
    require(end.line <= lines + 1, "a node ends within the text");
    require(
        begin.line < end.line || (begin.line == end.line && begin.column <= end.column),
        "a node ends behind its beginning");
    for (const auto& item : node->items) visit(item, depth + 1);
    for (const auto& [key, value] : node->entries) {
      visit(key, depth + 1);
      visit(value, depth + 1);
    }
  }
};

std::string told(const Diagnostics& diagnostics) {
  return render(diagnostics);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto source =
      std::make_shared<SourceFile>("fuzz.yml", std::string(crun::fuzz::text_of(data, size)));
  const YamlLimits limits;
  Diagnostics diagnostics;
  const auto root = read_yaml(source, diagnostics, limits);
  require((root == nullptr) == diagnostics.has_errors(), "a tree or an error", told(diagnostics));
  if (root) {
    const auto& text = source->text();
    int lines = 1;
    for (const char c : text) lines += c == '\n' || c == '\r' ? 1 : 0;
    Walk walk{limits, lines};
    walk.visit(root, 0);
    // What is looked at before the library tells of it must not refuse what it would tell of.
    YamlLimits exact;
    exact.depth = walk.levels;
    exact.nodes = walk.nodes;
    Diagnostics none;
    require(read_yaml(source, none, exact) != nullptr, "the same limits suffice", told(none));
  }
  Diagnostics again;
  read_yaml(source, again, limits);
  require(told(again) == told(diagnostics), "reading twice says the same", told(again));
  return 0;
}
