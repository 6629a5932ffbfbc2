#include "executor/host/foreign_image.hpp"

#include "tests/catch.hpp"

using crun::executor::foreign_image_text;
using crun::executor::says_no_such_format;

TEST_CASE(
    "foreign images: what, why and a cure is said of an image for another processor", "[host]") {
  CHECK(
      foreign_image_text("app:1", "linux/arm64", "x86_64") ==
      "the image app:1 is linux/arm64, this machine linux/amd64, and its kernel has no handler for "
      "such programs (install qemu-user-static, or use an image for linux/amd64)");
  CHECK(
      foreign_image_text("app:1", "linux/amd64", "aarch64").find("this machine linux/arm64") !=
      std::string::npos);
}

TEST_CASE("foreign images: one for this machine's processor is none", "[host]") {
  CHECK(foreign_image_text("app:1", "linux/amd64", "x86_64").empty());
  CHECK(foreign_image_text("app:1", "linux/arm/v7", "armv7l").empty());
  CHECK(foreign_image_text("app:1", "linux/riscv64", "riscv64").empty());
  CHECK(foreign_image_text("app:1", "", "x86_64").empty());
}

TEST_CASE("foreign images: the kernel's and the engine's words for a format are known", "[host]") {
  CHECK(says_no_such_format("An error occurred. Exec format error"));
  CHECK(says_no_such_format("exec /bin/sleep: exec format error\n"));
  CHECK_FALSE(says_no_such_format("No such file or directory"));
}
