#include "workflow/model/shape_match.hpp"

#include <algorithm>
#include <iterator>
#include <map>

#include "workflow/expression/value.hpp"

namespace crun::workflow {

using schema::Place;
using schema::Shape;

ShapeMatch::ShapeMatch(const Place& place, bool background_steps)
    : shapes_(place.shapes.begin(), place.shapes.end()), background_steps_(background_steps) {}

bool ShapeMatch::known(std::string_view key) const {
  constexpr std::string_view behind_the_flag[] = {"background", "wait", "wait-all", "cancel"};
  return background_steps_ ||
         std::find(std::begin(behind_the_flag), std::end(behind_the_flag), key) ==
             std::end(behind_the_flag);
}

const Place* ShapeMatch::find(const Shape& shape, std::string_view key) const {
  for (const auto& candidate : shape.keys) {
    if (candidate.name == key && known(key)) return candidate.value;
  }
  return nullptr;
}

const Place* ShapeMatch::match(std::string_view key) {
  const Place* value = nullptr;
  for (const auto& shape : shapes_) {
    value = find(shape, key);
    if (value) break;
  }
  if (value && shapes_.size() > 1) {
    std::erase_if(shapes_, [&](const Shape& shape) { return !find(shape, key); });
  }
  return value;
}

std::vector<std::string_view> ShapeMatch::deciding_keys() const {
  if (shapes_.size() < 2) return {};
  std::map<std::string_view, int> shapes_with;
  for (const auto& shape : shapes_) {
    for (const auto& key : shape.keys) {
      if (known(key.name)) ++shapes_with[key.name];
    }
  }
  std::vector<std::string_view> deciding;
  for (const auto& [key, count] : shapes_with) {
    if (count == 1) deciding.push_back(key);
  }
  return deciding;
}

std::vector<std::string_view> ShapeMatch::missing_keys(
    const std::vector<std::string>& present) const {
  std::vector<std::string_view> missing;
  for (const auto& key : shapes_.front().keys) {
    const auto is_it = [&](const std::string& name) {
      return compare_ignoring_case(name, key.name) == 0;
    };
    if (key.required && std::none_of(present.begin(), present.end(), is_it)) {
      missing.push_back(key.name);
    }
  }
  return missing;
}

}  // namespace crun::workflow
