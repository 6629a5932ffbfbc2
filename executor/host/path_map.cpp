#include "executor/host/path_map.hpp"

namespace crun::executor {

namespace {

using Folder = std::pair<std::string, std::string>;

bool is_below(std::string_view path, std::string_view folder) {
  return path.starts_with(folder) && (path.size() == folder.size() || path[folder.size()] == '/');
}

/// The deepest folder that holds the path: one may be mounted below another.
const Folder* find(
    const std::vector<Folder>& folders, std::string_view path, std::string Folder::*side) {
  const Folder* best = nullptr;
  for (const auto& folder : folders) {
    if (!is_below(path, folder.*side)) continue;
    if (best == nullptr || (folder.*side).size() > (best->*side).size()) best = &folder;
  }
  return best;
}

std::string translated(
    const std::vector<Folder>& folders,
    std::string_view path,
    std::string Folder::*from,
    std::string Folder::*to) {
  const auto* folder = find(folders, path, from);
  if (folder == nullptr) return std::string(path);
  return folder->*to + std::string(path.substr((folder->*from).size()));
}

}  // namespace

void PathMap::add(std::string outside, std::string inside) {
  folders_.emplace_back(std::move(outside), std::move(inside));
}

std::string PathMap::inside(std::string_view path) const {
  return translated(folders_, path, &Folder::first, &Folder::second);
}

std::string PathMap::outside(std::string_view path) const {
  return translated(folders_, path, &Folder::second, &Folder::first);
}

bool PathMap::covers(std::string_view inside_path) const {
  return find(folders_, inside_path, &Folder::second) != nullptr;
}

}  // namespace crun::executor
