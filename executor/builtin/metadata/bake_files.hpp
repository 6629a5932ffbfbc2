// What docker/metadata-action hands to `docker buildx bake`, and its output `json`.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace crun::executor::builtin {

/// Everything that was found out about an image.
struct ImageMetadata {
  std::vector<std::string> images;  // names, in small letters
  std::optional<std::string> version;
  std::vector<std::string> tags;       // "image:name"
  std::vector<std::string> tag_names;  // "name"
  std::vector<std::string> labels;
  std::vector<std::string> annotations;  // "level:name=value"
};

enum class BakeKind { tags, labels, annotations, all };

/// The definition as JSON; `all` holds tags, labels and arguments.
std::string bake_definition(const ImageMetadata& image, const std::string& target, BakeKind kind);

struct JsonParts {
  bool tag_names = true;
  bool annotations = true;
};

/// JSON in one line, or indented for the log.
std::string metadata_json(const ImageMetadata& image, const JsonParts& parts, bool indented);

}  // namespace crun::executor::builtin
