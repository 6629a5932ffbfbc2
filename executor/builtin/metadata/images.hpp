// The inputs `images` and `flavor` of docker/metadata-action (docker-actions.md 2.3, 2.4).
#pragma once

#include <string>
#include <vector>

namespace crun::executor::builtin {

struct ImageName {
  std::string name;
  bool enable = true;
};

/// `name=...,enable=...` a line, or all names on one. Throws Failed.
std::vector<ImageName> parse_images(const std::vector<std::string>& lines);

struct Flavor {
  std::string latest = "auto";  // auto, true, false
  std::string prefix;
  bool prefix_latest = false;
  std::string suffix;
  bool suffix_latest = false;
};

/// Throws Failed.
Flavor parse_flavor(const std::vector<std::string>& lines);

}  // namespace crun::executor::builtin
