#include "executor/step/push_watch.hpp"

#include <string>

#include "tests/catch.hpp"

namespace crun::executor {

TEST_CASE("push watch: reads what docker push says", "[step]") {
  const std::string digest = "sha256:" + std::string(64, 'a');
  PushWatch watch;
  watch.line("The push refers to repository [127.0.0.1:5002/team/app]");
  watch.line("5f70bf18a086: Pushed");
  watch.line("v1.0: digest: " + digest + " size: 528");
  REQUIRE(watch.pushes().size() == 1);
  CHECK(watch.pushes()[0].ref == "127.0.0.1:5002/team/app:v1.0");
  CHECK(watch.pushes()[0].digest == digest);
}

TEST_CASE("push watch: reads what BuildKit says, the last digest of a tag counts", "[step]") {
  const std::string first = "sha256:" + std::string(64, '1');
  const std::string second = "sha256:" + std::string(64, '2');
  PushWatch watch;
  watch.line("#8 pushing manifest for 127.0.0.1:5001/a:1@" + first + " 0.1s done");
  watch.line("#8 pushing manifest for 127.0.0.1:5001/a:1@" + second + " 0.1s done");
  REQUIRE(watch.pushes().size() == 1);
  CHECK(watch.pushes()[0].digest == second);
}

TEST_CASE("push watch: text that only looks alike is no push", "[step]") {
  PushWatch watch;
  watch.line("v1: digest: sha256:short size: 1");
  watch.line("my tag: digest: sha256:" + std::string(64, 'a'));
  watch.line("#8 pushing manifest for nothing");
  CHECK(watch.pushes().empty());
}

}  // namespace crun::executor
