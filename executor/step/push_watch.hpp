// Sees in the log of a script which images `docker push` and `docker buildx build --push`
// published, so that they can be looked up like any other push.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace crun::executor {

struct SeenPush {
  std::string ref;     // "127.0.0.1:5002/myapp:1.0"
  std::string digest;  // what the client says it pushed
};

class PushWatch {
 public:
  void line(std::string_view line);
  /// In the order they were seen; the last digest of a ref counts.
  const std::vector<SeenPush>& pushes() const { return pushes_; }

 private:
  void saw(std::string ref, std::string_view digest);

  std::string repository_;  // of "The push refers to repository [...]"
  std::vector<SeenPush> pushes_;
};

}  // namespace crun::executor
