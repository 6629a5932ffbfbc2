#include "executor/builtin/metadata/bake_files.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "executor/builtin/metadata/labels.hpp"

namespace crun::executor::builtin {

namespace {

using Json = nlohmann::ordered_json;

std::string text_of(const Json& json, bool indented) {
  return json.dump(indented ? 2 : -1, ' ', false, Json::error_handler_t::replace);
}

Json object_of(const std::vector<std::string>& labels) {
  Json object = Json::object();
  for (const auto& [name, value] : label_object(labels)) object[name] = value;
  return object;
}

}  // namespace

std::string bake_definition(const ImageMetadata& image, const std::string& target, BakeKind kind) {
  Json definition = Json::object();
  if (kind == BakeKind::tags || kind == BakeKind::all) definition["tags"] = image.tags;
  if (kind == BakeKind::labels || kind == BakeKind::all) {
    definition["labels"] = object_of(image.labels);
  }
  if (kind == BakeKind::annotations) definition["annotations"] = image.annotations;
  if (kind == BakeKind::tags || kind == BakeKind::all) {
    Json& arguments = definition["args"];
    arguments["DOCKER_META_IMAGES"] = fmt::format("{}", fmt::join(image.images, ","));
    if (image.version) arguments["DOCKER_META_VERSION"] = *image.version;
  }
  return text_of(Json{{"target", {{target, std::move(definition)}}}}, true);
}

std::string metadata_json(const ImageMetadata& image, const JsonParts& parts, bool indented) {
  Json json = Json::object();
  json["tags"] = image.tags;
  if (parts.tag_names) json["tag-names"] = image.tag_names;
  json["labels"] = object_of(image.labels);
  if (parts.annotations) json["annotations"] = image.annotations;
  return text_of(json, indented);
}

}  // namespace crun::executor::builtin
