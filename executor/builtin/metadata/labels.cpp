#include "executor/builtin/metadata/labels.hpp"

#include <algorithm>

#include "executor/builtin/javascript_object.hpp"
#include "executor/builtin/metadata/collation.hpp"

namespace crun::executor::builtin {

namespace {

/// Later lines of a name replace earlier ones; lines without `=` are dropped.
std::vector<std::string> unique_and_sorted(const std::vector<std::string>& lines) {
  std::vector<std::pair<std::string, std::string>> labels;
  for (const std::string& line : lines) {
    const std::size_t equals = line.find('=');
    if (equals == std::string::npos) continue;
    const std::string name = line.substr(0, equals);
    const auto known = std::ranges::find(labels, name, &std::pair<std::string, std::string>::first);
    if (known != labels.end()) {
      known->second = line;
    } else {
      labels.emplace_back(name, line);
    }
  }
  std::ranges::stable_sort(labels, [](const auto& left, const auto& right) {
    return compare_as_locale(left.first, right.first) < 0;
  });
  std::vector<std::string> result;
  for (auto& label : labels) result.push_back(std::move(label.second));
  return result;
}

}  // namespace

std::vector<std::string> make_labels(
    const RepositoryFacts& repository,
    const std::optional<std::string>& version,
    const std::vector<std::string>& custom,
    const Expressions& expressions,
    const MetadataFeatures& features) {
  const std::string prefix = "org.opencontainers.image.";
  std::vector<std::string> lines = {
      prefix + "title=" + repository.name,
      prefix + "description=" + repository.description,
      prefix + "url=" + repository.html_url,
      prefix + "source=" + repository.html_url,
      prefix + "version=" + version.value_or(""),
      prefix + "created=" + iso_text(expressions.now()),
      prefix + "revision=" + expressions.event().sha,
      prefix + "licenses=" + repository.license};
  for (const std::string& line : custom) {
    lines.push_back(features.label_expressions ? expressions.expand(line) : line);
  }
  return features.sorts_labels ? unique_and_sorted(lines) : lines;
}

std::vector<std::pair<std::string, std::string>> label_object(
    const std::vector<std::string>& labels) {
  std::vector<std::pair<std::string, std::string>> object;
  for (const std::string& label : labels) {
    const std::size_t equals = label.find('=');
    if (equals == std::string::npos) continue;
    const std::string name = label.substr(0, equals);
    const std::size_t end = std::min(label.find_first_of("\r\n", equals), label.size());
    const std::string value = label.substr(equals + 1, end - equals - 1);
    const auto known = std::ranges::find(object, name, &std::pair<std::string, std::string>::first);
    if (known != object.end()) {
      known->second = value;
    } else {
      object.emplace_back(name, value);
    }
  }
  order_properties(object);
  return object;
}

}  // namespace crun::executor::builtin
