// Which of its possible shapes a mapping has: each key that is read leaves those that know it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "workflow/model/schema.hpp"

namespace crun::workflow {

class ShapeMatch {
 public:
  /// `background_steps`: are the keys of such steps known?
  ShapeMatch(const schema::Place& place, bool background_steps);

  /// The place of a key's value, or null if no shape that is left knows the key.
  const schema::Place* match(std::string_view key);
  /// The place of the values of any other keys, or null.
  const schema::Place* others() const { return shapes_.front().others; }
  bool allows_empty_keys() const { return shapes_.front().empty_keys; }
  /// Has the mapping keys of its own, or is it a list of names with values?
  bool has_keys() const { return shapes_.size() > 1 || !shapes_.front().keys.empty(); }

  const std::vector<schema::Shape>& shapes() const { return shapes_; }
  /// If several shapes are left: the keys that only one of them has, sorted.
  std::vector<std::string_view> deciding_keys() const;
  /// The keys that must be there and are not among `present`.
  std::vector<std::string_view> missing_keys(const std::vector<std::string>& present) const;

 private:
  const schema::Place* find(const schema::Shape& shape, std::string_view key) const;
  bool known(std::string_view key) const;

  std::vector<schema::Shape> shapes_;
  bool background_steps_;
};

}  // namespace crun::workflow
