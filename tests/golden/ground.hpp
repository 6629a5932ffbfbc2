// What this machine has for cases that need the real thing.
#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

namespace crun::tests::golden {

struct Ground {
  bool engine = false;      // docker with buildx
  bool registries = false;  // 127.0.0.1:5001 open, 127.0.0.1:5002 with htpasswd
  bool docker_hub = false;  // some recordings show what happens without it
  std::string busybox;      // a static one, for images; empty: none

  static Ground look();
  /// Empty when the case can run here.
  std::string what_is_missing_for(const nlohmann::json& recording) const;
};

}  // namespace crun::tests::golden
