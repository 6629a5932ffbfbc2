// YAML as we use it: scalars typed by the YAML 1.2 core schema, sequences, mappings, each with its
// place. No type of the YAML library leaks from here.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "workflow/source/span.hpp"

namespace crun::workflow {

struct Node;
/// Shared because aliases make one node appear in several places. Never null.
using NodePtr = std::shared_ptr<const Node>;

struct NodeEntry {
  NodePtr key;
  NodePtr value;
};

struct Node {
  enum class Kind { null, boolean, number, string, sequence, mapping };
  enum class Style { plain, single_quoted, double_quoted, literal, folded, flow, block };

  Kind kind = Kind::null;
  Style style = Style::plain;
  /// Of a value without text (`key:`) the empty place right after its colon or dash.
  Span span;
  /// The scalar as written, unescaped and unfolded: "0x10", "True", "main".
  std::string text;
  bool boolean = false;
  double number = 0;
  std::vector<NodePtr> items;
  std::vector<NodeEntry> entries;  // in the order of the file

  bool is_scalar() const { return kind != Kind::sequence && kind != Kind::mapping; }
  /// The value of a key of a mapping (exact spelling), or null.
  const Node* find(std::string_view key) const;
};

}  // namespace crun::workflow
