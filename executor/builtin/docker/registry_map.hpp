// `--registry-map docker.io=127.0.0.1:5002`: a rehearsal pushes to another registry than the
// workflow names. Reaches built-in actions as $CRUN_REGISTRY_MAP, "FROM=TO,FROM=TO".
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace crun::executor::builtin {

class RegistryMap {
 public:
  /// Entries that are not FROM=TO are ignored: the command line has refused them.
  static RegistryMap parse(std::string_view text);

  bool empty() const { return map_.empty(); }
  /// The registry to use instead, or nothing. '' and docker's older names are docker.io.
  std::optional<std::string> registry(std::string_view name) const;
  /// The image's name in the registry to use instead, or nothing.
  std::optional<std::string> image(std::string_view name) const;

 private:
  std::map<std::string, std::string, std::less<>> map_;
};

}  // namespace crun::executor::builtin
