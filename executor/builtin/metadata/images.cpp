#include "executor/builtin/metadata/images.hpp"

#include <optional>

#include <fmt/format.h>

#include "executor/builtin/action_runtime.hpp"
#include "executor/builtin/metadata/attributes.hpp"

namespace crun::executor::builtin {

namespace {

bool is_boolean(const std::string& text) {
  return text == "true" || text == "false";
}

/// The older form: one line that holds nothing but names.
std::optional<std::vector<ImageName>> names_of_one_line(const std::string& line) {
  std::vector<ImageName> images;
  for (const std::string& field : parse_attributes(line, "n")) {
    auto [key, value] = split_attribute(field, Equals::all_split);
    if (key) return std::nullopt;
    images.push_back({std::move(value)});
  }
  return images;
}

ImageName parse_image(const std::string& line) {
  ImageName image;
  for (const std::string& field : parse_attributes(line, "o")) {
    auto [key, value] = split_attribute(field, Equals::all_split);
    if (!key || *key == "name") {
      image.name = std::move(value);
    } else if (*key != "enable") {
      throw Failed(fmt::format("Unknown image attribute: {}", line));
    } else if (!is_boolean(value)) {
      throw Failed(fmt::format("Invalid enable attribute value: {}", line));
    } else {
      image.enable = value == "true";
    }
  }
  if (image.name.empty()) throw Failed(fmt::format("Image name attribute empty: {}", line));
  return image;
}

}  // namespace

std::vector<ImageName> parse_images(const std::vector<std::string>& lines) {
  if (lines.size() == 1) {
    if (auto names = names_of_one_line(lines[0])) return *names;
  }
  std::vector<ImageName> images;
  for (const std::string& line : lines) images.push_back(parse_image(line));
  return images;
}

Flavor parse_flavor(const std::vector<std::string>& lines) {
  Flavor flavor;
  for (const std::string& line : lines) {
    // `onlatest` is about the prefix or suffix before it on the same line.
    bool* on_latest = nullptr;
    for (const std::string& field : parse_attributes(line)) {
      auto [key, value] = split_attribute(field, Equals::all_split);
      if (!key) throw Failed(fmt::format("Invalid flavor entry: {}", line));
      if (*key == "latest") {
        if (!is_boolean(value) && value != "auto") {
          throw Failed(fmt::format("Invalid latest flavor entry: {}", line));
        }
        flavor.latest = std::move(value);
      } else if (*key == "prefix") {
        flavor.prefix = std::move(value);
        on_latest = &flavor.prefix_latest;
      } else if (*key == "suffix") {
        flavor.suffix = std::move(value);
        on_latest = &flavor.suffix_latest;
      } else if (*key != "onlatest") {
        throw Failed(fmt::format("Unknown flavor entry: {}", line));
      } else if (!is_boolean(value)) {
        throw Failed(fmt::format("Invalid value for onlatest attribute: {}", value));
      } else if (on_latest) {
        *on_latest = value == "true";
      }
    }
  }
  return flavor;
}

}  // namespace crun::executor::builtin
