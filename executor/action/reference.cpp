#include "executor/action/reference.hpp"

#include <algorithm>
#include <cctype>

namespace crun::executor {

namespace {

/// Of an owner or a repository: what GitHub allows, which is also safe in a path.
bool is_name(std::string_view text) {
  if (text.empty() || text == "." || text == "..") return false;
  return std::all_of(text.begin(), text.end(), [](unsigned char byte) {
    return std::isalnum(byte) || byte == '-' || byte == '_' || byte == '.';
  });
}

bool leaves_its_folder(std::string_view path) {
  while (!path.empty()) {
    const auto end = std::min(path.find('/'), path.size());
    if (path.substr(0, end) == "..") return true;
    path.remove_prefix(std::min(end + 1, path.size()));
  }
  return false;
}

/// Of what git allows in the name of a ref; the rest are its words for other commits
/// ("v1^{/text}"), and this too becomes part of a path.
bool is_ref(std::string_view text) {
  static constexpr std::string_view others = " ~^:?*[\\\x7f";
  const bool plain = std::none_of(text.begin(), text.end(), [](unsigned char byte) {
    return byte < 0x20 || others.find(static_cast<char>(byte)) != others.npos;
  });
  return plain && text.find("@{") == text.npos && !text.starts_with('/') &&
         text.find("..") == text.npos;
}

}  // namespace

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
  if (uses.starts_with("$/")) {
    reference.kind = Kind::self;
    reference.path = uses.substr(2);
    if (leaves_its_folder(reference.path)) return std::nullopt;
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
  const bool named = is_name(whole.substr(0, owner_end)) &&
                     is_name(std::string_view(reference.repository).substr(owner_end + 1));
  if (!named || !is_ref(reference.ref) || leaves_its_folder(reference.path)) return std::nullopt;
  return reference;
}

}  // namespace crun::executor
