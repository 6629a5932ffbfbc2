#include "executor/host/path_map.hpp"

#include "tests/catch.hpp"

using crun::executor::PathMap;

TEST_CASE("path map: the deepest folder counts, and only whole names", "[host]") {
  PathMap paths;
  paths.add("/cache/7/job/_temp", "/__w/_temp");
  paths.add("/cache/7/job/app", "/__w/app");
  paths.add("/cache/7/job/_temp/home", "/github/home");
  CHECK(paths.inside("/cache/7/job/app/app/main.c") == "/__w/app/app/main.c");
  CHECK(paths.inside("/cache/7/job/_temp") == "/__w/_temp");
  CHECK(paths.inside("/cache/7/job/_temp/home/.npmrc") == "/github/home/.npmrc");
  CHECK(paths.inside("/cache/7/job/_temporary") == "/cache/7/job/_temporary");
  CHECK(paths.outside("/github/home/x") == "/cache/7/job/_temp/home/x");
  CHECK(paths.outside("/usr/bin") == "/usr/bin");
  CHECK(paths.covers("/__w/app"));
  CHECK_FALSE(paths.covers("/__w/application"));
}

TEST_CASE("path map: an empty one changes nothing", "[host]") {
  const PathMap paths;
  CHECK(paths.empty());
  CHECK(paths.inside("/a/b") == "/a/b");
  CHECK(paths.outside("relative") == "relative");
}
