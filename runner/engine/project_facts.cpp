#include "runner/engine/project_facts.hpp"

#include <filesystem>
#include <fstream>
#include <sstream>
#include <system_error>

#include "executor/builtin/builtin.hpp"
#include "executor/builtin/pins.hpp"

namespace crun::runner {

namespace fs = std::filesystem;
using workflow::SourceFile;
using workflow::SourcePtr;

namespace {

constexpr std::uintmax_t largest_file = 1 << 20;

std::optional<std::string> read_tree_file(const fs::path& root, const std::string& path) {
  std::error_code error;
  const auto whole = (root / path).lexically_normal();
  if (!fs::is_regular_file(whole, error) || fs::file_size(whole, error) > largest_file) {
    return std::nullopt;
  }
  std::ifstream file(whole, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

}  // namespace

workflow::ProjectFacts project_facts(
    const executor::git::Repository& repository, const std::string& commit) {
  workflow::ProjectFacts facts;
  const auto root = repository.root();
  facts.read_file = [&repository, root, commit](const std::string& path) -> SourcePtr {
    const auto text =
        commit.empty() ? read_tree_file(root, path) : repository.read_file(commit, path);
    return text ? std::make_shared<SourceFile>(path, *text) : nullptr;
  };
  facts.is_directory = [&repository, root, commit](const std::string& path) {
    std::error_code error;
    return commit.empty() ? fs::is_directory(root / path, error)
                          : repository.has_folder(commit, path);
  };
  facts.tags = [&repository] { return repository.tags(); };
  facts.pins = executor::builtin::pins_of;
  return facts;
}

}  // namespace crun::runner
