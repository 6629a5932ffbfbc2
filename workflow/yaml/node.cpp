#include "workflow/yaml/node.hpp"

namespace crun::workflow {

const Node* Node::find(std::string_view key) const {
  for (const auto& entry : entries) {
    if (entry.key->is_scalar() && entry.key->text == key) return entry.value.get();
  }
  return nullptr;
}

}  // namespace crun::workflow
