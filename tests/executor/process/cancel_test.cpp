#include "executor/process/cancel.hpp"

#include <optional>

#include "tests/catch.hpp"

using crun::executor::CancelSource;

TEST_CASE("cancel: listeners are told once, in order, with the first reason kept", "[process]") {
  CancelSource source;
  std::string told;
  auto first = source.on_request([&] { told += "a"; });
  auto second = source.on_request([&] { told += "b"; });
  source.request("user");
  source.request("timeout");
  CHECK(told == "ab");
  CHECK(source.requested());
  CHECK(source.reason() == "user");
}

TEST_CASE("cancel: who comes late is told at once", "[process]") {
  CancelSource source;
  source.request("user");
  bool told = false;
  auto subscription = source.on_request([&] { told = true; });
  CHECK(told);
}

TEST_CASE("cancel: a subscription that is gone is not told", "[process]") {
  CancelSource source;
  int told = 0;
  {
    auto gone = source.on_request([&] { told += 1; });
    auto moved = std::move(gone);
  }
  auto kept = source.on_request([&] { told += 10; });
  source.request("user");
  CHECK(told == 10);
}

TEST_CASE("cancel: a listener may end its own and the next subscription", "[process]") {
  CancelSource source;
  std::string told;
  std::optional<CancelSource::Subscription> first, second, third;
  first = source.on_request([&] {
    told += "a";
    first.reset();
    second.reset();
  });
  second = source.on_request([&] { told += "b"; });
  third = source.on_request([&] { told += "c"; });
  source.request("user");
  CHECK(told == "ac");
}
