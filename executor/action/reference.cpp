#include "executor/action/reference.hpp"

namespace crun::executor {

std::optional<ActionReference> ActionReference::parse(std::string_view uses) {
  ActionReference reference;
  if (uses.starts_with("docker://")) {
    reference.kind = Kind::docker;
    reference.image = uses.substr(9);
    if (reference.image.empty()) return std::nullopt;
    return reference;
  }
  if (uses.starts_with("./") || uses.starts_with(".\\") || uses == ".") {
    reference.kind = Kind::local;
    reference.path = uses;
    return reference;
  }
  const auto at = uses.find('@');
  if (at == std::string_view::npos || at + 1 == uses.size()) return std::nullopt;
  reference.ref = uses.substr(at + 1);
  const auto whole = uses.substr(0, at);
  const auto owner_end = whole.find('/');
  if (owner_end == std::string_view::npos || owner_end == 0) return std::nullopt;
  const auto name_end = whole.find('/', owner_end + 1);
  reference.repository = whole.substr(0, name_end);
  if (name_end != std::string_view::npos) reference.path = whole.substr(name_end + 1);
  if (reference.repository.size() == owner_end + 1) return std::nullopt;
  return reference;
}

}  // namespace crun::executor
