#include "executor/builtin/build_push/build_outputs.hpp"

#include <fstream>
#include <iterator>

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <sodium/utils.h>

#include "executor/builtin/javascript_text.hpp"
#include "executor/builtin/list_parser.hpp"

namespace crun::executor::builtin {
namespace {

using Json = nlohmann::ordered_json;

std::string read_file(const std::filesystem::path& path) {
  if (path.empty()) return {};
  std::ifstream file(path, std::ios::binary);
  const std::string text(std::istreambuf_iterator<char>(file), {});
  return std::string(trim_javascript(text));
}

std::string text_at(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

std::string from_base64(const std::string& text) {
  std::string bytes(text.size() / 4 * 3 + 3, '\0');
  std::size_t length = 0;
  const int trouble = ::sodium_base642bin(
      reinterpret_cast<unsigned char*>(bytes.data()),
      bytes.size(),
      text.data(),
      text.size(),
      "\n",
      &length,
      nullptr,
      sodium_base64_VARIANT_ORIGINAL);
  if (trouble != 0) return {};
  bytes.resize(length);
  return bytes;
}

/// "FromAsCasing: ... (line 1)": the line is a property of the annotation.
std::string without_line_number(std::string text) {
  const std::size_t at = text.rfind(" (line ");
  const bool ends_so = at != text.npos && text.ends_with(')') &&
                       text.find_first_not_of("0123456789", at + 7) == text.size() - 1;
  if (ends_so) text.erase(at);
  return text;
}

BuildWarning read_warning(const Json& entry) {
  BuildWarning warning;
  warning.message = without_line_number(from_base64(text_at(entry, "short")));
  const auto detail = entry.find("detail");
  if (detail != entry.end() && detail->is_array() && !detail->empty() &&
      detail->front().is_string()) {
    warning.title = from_base64(detail->front().get<std::string>());
  }
  const std::string url = text_at(entry, "url");
  if (!url.empty()) warning.message += "\nMore info: " + url;
  const auto source = entry.find("sourceInfo");
  if (source != entry.end() && source->is_object()) warning.file = text_at(*source, "filename");
  const auto line = Json::json_pointer("/range/0/start/line");
  if (entry.contains(line)) warning.line = entry[line].dump();
  return warning;
}

void group(ActionRuntime& runtime, const char* title, const std::string& text) {
  runtime.group(title);
  runtime.info(text);
  runtime.end_group();
}

}  // namespace

BuildOutputs read_build_outputs(const BuildCommand& command) {
  BuildOutputs outputs;
  outputs.image_id = read_file(command.id_file);
  const Json metadata = Json::parse(read_file(command.metadata_file), nullptr, false);
  if (!metadata.is_object()) return outputs;
  outputs.metadata = metadata.dump(2);
  outputs.digest = text_at(metadata, "containerimage.digest");
  outputs.build_ref = text_at(metadata, "buildx.build.ref");
  outputs.image_names = parse_list(text_at(metadata, "image.name"));
  const auto descriptor = metadata.find("containerimage.descriptor");
  if (descriptor != metadata.end() && descriptor->is_object()) {
    outputs.descriptor_digest = text_at(*descriptor, "digest");
  }
  const auto warnings = metadata.find("buildx.build.warnings");
  if (warnings != metadata.end() && warnings->is_array()) {
    for (const Json& entry : *warnings) {
      if (entry.is_object()) outputs.warnings.push_back(read_warning(entry));
    }
  }
  return outputs;
}

void publish_outputs(ActionRuntime& runtime, const BuildOutputs& outputs) {
  if (!outputs.image_id.empty()) {
    group(runtime, "ImageID", outputs.image_id);
    runtime.set_output("imageid", outputs.image_id);
  }
  if (!outputs.digest.empty()) {
    group(runtime, "Digest", outputs.digest);
    runtime.set_output("digest", outputs.digest);
  }
  if (!outputs.metadata.empty()) {
    group(runtime, "Metadata", outputs.metadata);
    runtime.set_output("metadata", outputs.metadata);
  }
  if (runtime.env("DOCKER_BUILD_CHECKS_ANNOTATIONS") == "false") return;
  for (const BuildWarning& warning : outputs.warnings) {
    runtime.warning(
        warning.message,
        {{"title", warning.title}, {"file", warning.file}, {"line", warning.line}});
  }
}

}  // namespace crun::executor::builtin
